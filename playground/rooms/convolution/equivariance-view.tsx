import type { Tensor } from "featuremap/functional";
import { useMemo, useRef } from "preact/hooks";
import { ColourKey } from "../../parts/colour-key.js";
import { GREY, paint, type Scale, signedScale } from "../../parts/colours.js";
import { Button, Slider, Stat } from "../../parts/controls.js";
import { format } from "../../parts/format.js";
import { type How, PixelView, type Point } from "../../parts/pixel-view.js";
import type { Settings } from "./convolve.js";
import { type Comparison, compare, type Shift } from "./equivariance.js";
import type { Kernel } from "./kernels.js";

const FARTHEST = 24;

interface EquivarianceViewProps {
  readonly picture: Tensor;
  readonly kernel: Kernel;
  readonly settings: Settings;
  readonly shift: Shift;
  readonly onShift: (shift: Shift) => void;
}

/** The picture to drag, both orders of shifting and convolving, and where they differ. */
export function EquivarianceView({ picture, kernel, settings, shift, onShift }: EquivarianceViewProps) {
  const found = useMemo(() => compare(picture, kernel, settings, shift), [picture, kernel, settings, shift]);
  const moved = useMemo(() => paint(found.moved, GREY), [found]);
  const scale = useMemo(() => signedScale(found.before), [found]);
  const errorScale: Scale = useMemo(
    () => ({ colors: "viridis", from: 0, to: Math.max(found.inside ?? 0, found.border ?? 0) || 1 }),
    [found],
  );
  const within = (value: number) => Math.min(Math.max(value, -FARTHEST), FARTHEST);
  const move = (dy: number, dx: number) => onShift({ dy: within(dy), dx: within(dx) });

  // Where the pointer went down, and the shift of that moment.
  const grip = useRef<{ at: Point; shift: Shift } | null>(null);
  const drag = (at: Point, how: How) => {
    if (how === "press") grip.current = { at, shift };
    else if (how === "drag" && grip.current) {
      const { at: from, shift: start } = grip.current;
      move(start.dy + at.y - from.y, start.dx + at.x - from.x);
    }
  };
  const [channels] = picture.shape as [number];
  return (
    <section class="panel equivariance" aria-label="Shifting and convolving">
      <p>
        Drag the picture, or give it the focus and use the arrow keys. One output is made by shifting first,
        the other by convolving first. Convolution is <b>equivariant</b>: away from the border both are the
        same.
      </p>
      <div class="shift-controls">
        <Slider
          label="Down"
          min={-FARTHEST}
          max={FARTHEST}
          value={shift.dy}
          text={format(shift.dy)}
          onChange={(dy) => move(dy, shift.dx)}
        />
        <Slider
          label="To the right"
          min={-FARTHEST}
          max={FARTHEST}
          value={shift.dx}
          text={format(shift.dx)}
          onChange={(dx) => move(shift.dy, dx)}
        />
        <Button onClick={() => move(0, 0)}>Put back</Button>
      </div>
      <dl class="stats">
        <Stat name="Largest error inside" value={errorText(found.inside)} />
        <Stat name="Largest error at the border" value={errorText(found.border)} />
        <Stat
          name="Output shifted by (down, right)"
          value={`${format(found.steps.dy)}, ${format(found.steps.dx)}`}
        />
      </dl>
      <p class="verdict">{verdict(found, settings)}</p>
      <div class="comparison">
        <figure>
          <h2>Shifted input</h2>
          <div
            class="shifted"
            onKeyDown={(event) => {
              const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
              const step = steps[event.key as keyof typeof steps];
              if (step) move(shift.dy + step[0]!, shift.dx + step[1]!);
            }}
          >
            <PixelView
              image={moved}
              label={`Input shifted down by ${shift.dy} and right by ${shift.dx}`}
              keys="Arrow keys shift it"
              onPoint={drag}
              grabs
            />
          </div>
          <figcaption>
            {settings.mode === "circular"
              ? "What leaves on one side comes back on the other, as circular padding has it."
              : "Zeros come in where the picture left."}
          </figcaption>
        </figure>
        <Output title="Shift, then convolve" values={found.before} scale={scale} />
        <Output title="Convolve, then shift" values={found.after} scale={scale} />
        <Output title="Error: how far they differ" values={found.error} scale={errorScale} />
      </div>
      {channels === 3 && <p class="small soft">Colours: each channel is compared by itself.</p>}
    </section>
  );
}

function Output({ title, values, scale }: { title: string; values: Tensor; scale: Scale }) {
  const image = useMemo(() => paint(values, scale), [values, scale]);
  return (
    <figure>
      <h2>{title}</h2>
      <PixelView image={image} label={title} />
      <ColourKey scale={scale} channels={values.shape[0]!} />
    </figure>
  );
}

const errorText = (error: number | null): string =>
  error === null ? "no such pixel" : format(error, error < 1 ? 6 : 1);

/** What the numbers say. */
function verdict({ whole, inside, border }: Comparison, { stride, mode }: Settings): string {
  if (!whole) {
    return (
      `With stride ${stride} the output can only follow shifts by multiples of ${stride}; this one is compared with the ` +
      "nearest. The stride drops pixels, and after the shift it drops others."
    );
  }
  const multiple =
    stride > 1 ? ` The shift is a multiple of the stride ${stride}, so the output follows.` : "";
  if (inside === null) return "The picture was shifted so far that every window saw the border.";
  if (!border) {
    return mode === "circular"
      ? `Both are the same everywhere: circular padding has no border.${multiple}`
      : `Both are the same.${multiple}`;
  }
  if (mode === "circular") {
    return `Inside both are the same. The output closes on itself as the picture does only where it has the picture's sides, divided by the stride; here it has not.${multiple}`;
  }
  return `Inside both are the same; at the border windows saw padding, or what came in from outside.${multiple}`;
}
