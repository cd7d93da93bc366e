// Does it matter whether one shifts before or after the convolution?

import { abs, subtract, Tensor } from "featuremap/functional";
import { convolved, correlated, type Settings } from "./convolve.js";
import type { Kernel } from "./kernels.js";

export interface Shift {
  readonly dy: number;
  readonly dx: number;
}

/**
 * Values [c, h, w] moved down by `dy` and right by `dx`: what leaves on one side comes back on the other where `around`,
 * otherwise zeros come in.
 */
export function shifted(values: Tensor, { dy, dx }: Shift, around: boolean): Tensor {
  const [channels, height, width] = values.shape as [number, number, number];
  const from = (to: number, by: number, size: number): number =>
    around ? (((to - by) % size) + size) % size : to - by;
  const data = new Float32Array(values.size);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const row = from(y, dy, height);
      if (row < 0 || row >= height) continue;
      for (let x = 0; x < width; x++) {
        const column = from(x, dx, width);
        if (column >= 0 && column < width)
          data[(c * height + y) * width + x] = values.data[(c * height + row) * width + column]!;
      }
    }
  }
  return new Tensor(data, values.shape);
}

export interface Comparison {
  /** The shifted input, [c, h, w]. */
  readonly moved: Tensor;
  /** Shift, then convolve: [c, oh, ow]. */
  readonly before: Tensor;
  /** Convolve, then shift. */
  readonly after: Tensor;
  /** How far the output is shifted: the shift over the stride, to the nearest whole pixel. */
  readonly steps: Shift;
  /** Whether the shift is a multiple of the stride both ways. */
  readonly whole: boolean;
  /** |before - after|. */
  readonly error: Tensor;
  /** The largest error where no window saw anything but the picture itself. Null where there is no such pixel. */
  readonly inside: number | null;
  /** The largest error elsewhere. Null where there is no such pixel. */
  readonly border: number | null;
}

/** Shift then convolve against convolve then shift. */
export function compare(picture: Tensor, kernel: Kernel, settings: Settings, shift: Shift): Comparison {
  const { stride, mode } = settings;
  const around = mode === "circular";
  const steps = { dy: Math.round(shift.dy / stride), dx: Math.round(shift.dx / stride) };
  const moved = shifted(picture, shift, around);
  const before = convolved(moved, kernel, settings);
  const after = shifted(convolved(picture, kernel, settings), steps, around);
  const error = abs(subtract(before, after));

  const clear = unspoilt(picture, kernel, settings, shift, steps);
  let [inside, border]: (number | null)[] = [null, null];
  for (const [i, value] of error.data.entries()) {
    if (clear[i % clear.length]) inside = Math.max(inside ?? 0, value);
    else border = Math.max(border ?? 0, value);
  }
  const whole = shift.dy % stride === 0 && shift.dx % stride === 0;
  return { moved, before, after, steps, whole, error, inside: inside!, border: border! };
}

/** For each output pixel whether both ways saw only the picture: a window of ones then counts all its taps. */
function unspoilt(
  picture: Tensor,
  { size }: Kernel,
  settings: Settings,
  shift: Shift,
  steps: Shift,
): boolean[] {
  const [, height, width] = picture.shape as [number, number, number];
  const ones = new Tensor(new Float32Array(height * width).fill(1), [1, height, width]);
  const taps = Array<number>(size * size).fill(1);
  const plain: Settings = { ...settings, mode: settings.mode === "none" ? "none" : "zeros" };
  const count = (seen: Tensor) => correlated(seen, taps, size, plain);
  const before = count(shifted(ones, shift, false));
  const after = shifted(count(ones), steps, false);
  return Array.from(before.data, (value, i) => value === taps.length && after.data[i] === taps.length);
}
