import type { Model } from "../../layers/model.js";
import type { Size2 } from "../../ops/shape.js";
import { Tensor } from "../../tensor.js";
import { Fields, outputOf } from "../field-of-unit.js";

type Pair = readonly [y: number, x: number];

/** The planes of a tensor [..., h, w] moved down and to the right. What leaves on one side comes in on the other. */
export function rolled(tensor: Tensor, [dy, dx]: Pair): Tensor {
  const [h = 1, w = 1] = tensor.shape.slice(-2);
  const [down, right] = [((dy % h) + h) % h, ((dx % w) + w) % w];
  const moved = new Float32Array(tensor.size);
  for (let plane = 0; plane < tensor.size; plane += h * w) {
    for (let y = 0; y < h; y++) {
      const [from, to] = [plane + y * w, plane + ((y + down) % h) * w];
      moved.set(tensor.data.subarray(from, from + w - right), to + right);
      moved.set(tensor.data.subarray(from + w - right, from + w), to);
    }
  }
  return new Tensor(moved, tensor.shape);
}

/** One axis of a layer: how many units it has and what they see of how many pixels. */
export interface SeenAxis {
  readonly pixels: number;
  readonly units: number;
  /** Unit i sees `size` pixels from `offset + i stride` on; a stride of 0: all units see the same. */
  readonly size: number;
  readonly stride: number;
  readonly offset: number;
  /** Pixels by which the picture has to move for the units to move by one; 0 where there is one unit. */
  readonly step: number;
}

/** Height and width of a layer's output, or of the model's own. */
export function axesOf(model: Model, layer: string | undefined): [SeenAxis, SeenAxis] {
  const trace = model.trace([1, ...model.inputShape], false);
  const value = outputOf("shiftEquivariance", trace, layer ?? "");
  const { field, units, picture } = new Fields(trace, trace.input, value);
  const of = (size: Size2, axis: 0 | 1): number => (typeof size === "number" ? size : size[axis]);
  const axis = (i: 0 | 1): SeenAxis => {
    const stride = of(field.stride, i);
    // Units that all see everything, as behind a gate, still have places: as many as fit.
    const step = units[i] === 1 ? 0 : stride || Math.max(1, Math.round(picture[i] / units[i]));
    const [size, offset] = [of(field.size, i), of(field.offset, i)];
    return { pixels: picture[i], units: units[i], size, stride, offset, step };
  };
  return [axis(0), axis(1)];
}

/** By how many units the output should move for so many pixels: to the nearest whole number. */
export function unitsFor(pixels: number, { step }: SeenAxis): number {
  return step === 0 ? 0 : Math.round(pixels / step) + 0;
}

/**
 * The units, from the first to before the last, that see neither the border nor the seam, where what left on one side comes
 * in on the other, and whose counterparts in the picture that was not moved see no border either.
 */
export function insideOf(moved: number, axis: SeenAxis): [from: number, to: number] {
  const { pixels, units, size, stride, offset } = axis;
  const by = unitsFor(moved, axis);
  const clear = (unit: number, first: number, last: number): boolean => {
    const begin = offset + unit * stride;
    return unit >= 0 && unit < units && begin >= first && begin + size <= last;
  };
  const isInside = (unit: number): boolean =>
    clear(unit, Math.max(0, moved), pixels + Math.min(0, moved)) && clear(unit - by, 0, pixels);
  if (stride === 0) return [0, 0];
  let from = 0;
  while (from < units && !isInside(from)) from++;
  let to = from;
  while (to < units && isInside(to)) to++;
  return [from, to];
}

/** How far two outputs lie apart. */
export interface Deviation {
  /** The largest difference of two numbers at the same place. */
  readonly largest: number;
  /** Root mean square of the difference by that of the output: 0 is the same, 1 as far off as an output of zeros. */
  readonly relative: number;
}

/** A rectangle of units, up to before `bottom` and `right`. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** How far two outputs [c, h, w] lie apart over the places that are asked for; null where there are none. */
export function deviation(a: Tensor, b: Tensor, wanted: (y: number, x: number) => boolean): Deviation | null {
  const [h = 1, w = 1] = a.shape.slice(-2);
  let [count, largest, apart, whole] = [0, 0, 0, 0];
  for (let i = 0; i < a.size; i++) {
    if (!wanted(Math.floor(i / w) % h, i % w)) continue;
    const [x, y] = [a.data[i]!, b.data[i]!];
    count++;
    largest = Math.max(largest, Math.abs(x - y));
    apart += (x - y) ** 2;
    whole += y ** 2;
  }
  if (count === 0) return null;
  return { largest, relative: apart === 0 ? 0 : Math.sqrt(apart / whole) };
}
