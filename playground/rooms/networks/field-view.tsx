import type { LayerSummary } from "featuremap/inspect";
import { useEffect, useRef, useState } from "preact/hooks";
import { Slider } from "../../parts/controls.js";

interface FieldViewProps {
  readonly layer: LayerSummary;
  /** [c, h, w] */
  readonly inputShape: readonly number[];
}

const SAMPLE = "data/photographs/boats.jpg";

/** [h, w] of a size that may be one number. */
const both = (size: number | readonly [number, number]): readonly [number, number] =>
  typeof size === "number" ? [size, size] : size;

/** The part of the input that a unit of the layer sees, over a picture; a pointer or the sliders choose the unit. */
export function FieldView({ layer, inputShape }: FieldViewProps) {
  const [, h = 1, w = 1] = inputShape;
  const [, oh = 1, ow = 1] = layer.output.length === 3 ? layer.output : [layer.output[0]!, 1, 1];
  const [unit, setUnit] = useState<readonly [number, number]>([0, 0]);
  useEffect(() => setUnit([Math.floor(oh / 2), Math.floor(ow / 2)]), [layer]);
  const [y, x] = [Math.min(unit[0], oh - 1), Math.min(unit[1], ow - 1)];

  const { size, stride, offset } = layer.receptiveField;
  const [[fh, fw], [sy, sx], [dy, dx]] = [both(size), both(stride), both(offset)];
  const [top, left] = [dy + y * sy, dx + x * sx];
  const [bottom, right] = [top + fh - 1, left + fw - 1];
  const seen = {
    top: Math.max(0, top),
    left: Math.max(0, left),
    bottom: Math.min(h - 1, bottom),
    right: Math.min(w - 1, right),
  };
  // Room around the picture for what reaches beyond it, as much at every unit.
  const beyond = [
    Math.max(0, -dy, dy + (oh - 1) * sy + fh - h),
    Math.max(0, -dx, dx + (ow - 1) * sx + fw - w),
  ];
  const margin = Math.min(Math.max(...beyond), Math.ceil(h / 2));
  const picture = usePicture(h, w, inputShape[0] === 1);

  const point = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const px = ((event.clientX - box.left) / box.width) * (w + 2 * margin) - margin;
    const py = ((event.clientY - box.top) / box.height) * (h + 2 * margin) - margin;
    // The unit whose field is centred nearest to the pointer.
    const nearest = (at: number, first: number, field: number, step: number, units: number) =>
      step === 0 ? 0 : Math.min(Math.max(Math.round((at - first - (field - 1) / 2) / step), 0), units - 1);
    setUnit([nearest(py, dy, fh, sy, oh), nearest(px, dx, fw, sx, ow)]);
  };
  const inside = `${seen.bottom - seen.top + 1} × ${seen.right - seen.left + 1}`;
  const whole = inside === `${fh} × ${fw}`;
  return (
    <figure class="field-view">
      <svg
        viewBox={`${-margin} ${-margin} ${w + 2 * margin} ${h + 2 * margin}`}
        role="img"
        aria-label={`Unit ${y}, ${x} sees rows ${top} to ${bottom} and columns ${left} to ${right} of the input.`}
        onPointerMove={point}
        onPointerDown={point}
      >
        <rect class="outside" x={-margin} y={-margin} width={w + 2 * margin} height={h + 2 * margin} />
        {picture && <image href={picture} x={0} y={0} width={w} height={h} />}
        <path
          class="veil"
          d={`M0 0H${w}V${h}H0Z M${seen.left} ${seen.top}V${seen.bottom + 1}H${seen.right + 1}V${seen.top}Z`}
        />
        <rect class="window" x={left} y={top} width={fw} height={fh} />
      </svg>
      <figcaption>
        {size === 0 ? (
          "Its numbers do not depend on the input."
        ) : (
          <>
            Each unit sees <b>{`${fh} × ${fw}`}</b> pixels of the input
            {sy > 0
              ? `, the next unit ${sy === sx ? sy : `${sy} (down) or ${sx} (right)`} ${sy === 1 && sx === 1 ? "pixel" : "pixels"} further`
              : ""}
            . Unit <b>{`(${y}, ${x})`}</b>: rows {top} to {bottom}, columns {left} to {right}
            {whole ? "." : `; ${inside} of them lie inside the picture, the others in the padding.`}
          </>
        )}
      </figcaption>
      {oh > 1 && (
        <Slider label="Unit, down" min={0} max={oh - 1} value={y} onChange={(value) => setUnit([value, x])} />
      )}
      {ow > 1 && (
        <Slider
          label="Unit, right"
          min={0}
          max={ow - 1}
          value={x}
          onChange={(value) => setUnit([y, value])}
        />
      )}
    </figure>
  );
}

/** The sample at the size of the input, as an address; grey where the network sees grey. */
function usePicture(h: number, w: number, gray: boolean): string | undefined {
  const [address, setAddress] = useState<string>();
  const last = useRef<string | undefined>(undefined);
  useEffect(() => {
    let current = true;
    const image = new Image();
    image.src = SAMPLE;
    image.decode().then(
      () => {
        if (!current) return;
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [w, h];
        const context = canvas.getContext("2d")!;
        if (gray) context.filter = "grayscale(1)";
        const zoom = Math.max(w / image.width, h / image.height);
        const [iw, ih] = [image.width * zoom, image.height * zoom];
        context.drawImage(image, (w - iw) / 2, (h - ih) / 2, iw, ih);
        canvas.toBlob((blob) => {
          if (!current || !blob) return;
          if (last.current) URL.revokeObjectURL(last.current);
          last.current = URL.createObjectURL(blob);
          setAddress(last.current);
        });
      },
      // The field can be seen without the picture.
      () => {},
    );
    return () => {
      current = false;
    };
  }, [h, w, gray]);
  useEffect(() => () => void (last.current && URL.revokeObjectURL(last.current)), []);
  return address;
}
