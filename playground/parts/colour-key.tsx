import { tensor } from "featuremap/functional";
import { useMemo } from "preact/hooks";
import { paint, type Scale } from "./colours.js";
import { format } from "./format.js";
import { Picture } from "./picture.js";

/** What the colours mean, with numbers. `channels` is 3 where each of red, green and blue has its own number. */
export function ColourKey({ scale, channels = 1 }: { readonly scale: Scale; readonly channels?: number }) {
  const { from, to } = scale;
  const colors = channels === 1 ? scale.colors : "gray";
  const ramp = useMemo(() => {
    const steps = Array.from({ length: 128 }, (_, i) => i / 127);
    return paint(tensor([[steps]]), { colors, from: 0, to: 1 });
  }, [colors]);
  const ends = [from, (from + to) / 2, to].map((value) => format(value, Math.abs(to) < 10 ? 2 : 0));
  return (
    <div class="colour-key">
      <Picture image={ramp} label={`Scale from ${ends[0]} to ${ends[2]}`} />
      <p aria-hidden="true">
        {ends.map((text, i) => (
          <span key={i}>{text}</span>
        ))}
      </p>
    </div>
  );
}
