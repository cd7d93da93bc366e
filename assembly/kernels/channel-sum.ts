// Sums over n, h, w per channel: the gradient of a bias.

import { at, zero } from "../lib/simd";
import { doubleAt, Sum, sumMap } from "../lib/sums";
import { LANES, view } from "../lib/view";

/** Units are planes. partial[n][block][8], doubles: the sums of each plane. */
export function planeSum(partial: usize, x: usize, begin: i32, end: i32): void {
  const v = view(x);
  for (let plane = begin; plane < end; ++plane) {
    sumMap<Sum>(doubleAt(partial, plane * LANES), v, plane, zero(), zero());
  }
}

/** Units are blocks of x. sum[c] over the images' partial sums. */
export function channelSum(sum: usize, partial: usize, x: usize, begin: i32, end: i32): void {
  const v = view(x);
  for (let c = begin * LANES; c < min(end * LANES, v.c); ++c) {
    let total: f64 = 0;
    for (let n = 0; n < v.n; ++n) total += load<f64>(doubleAt(partial, n * v.blocks * LANES + c));
    store<f32>(at(sum, c), <f32>total);
  }
}
