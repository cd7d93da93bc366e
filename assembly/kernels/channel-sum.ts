// Sums over n, h, w per channel: the gradient of a bias.

import { at } from "../lib/simd";
import { LANES, view } from "../lib/view";

/** Units are planes. partial[n][block][8]: the sum of each plane, by rows, so that no sum is long. */
export function planeSum(partial: usize, x: usize, begin: i32, end: i32): void {
  const v = view(x);
  for (let plane = begin; plane < end; ++plane) {
    let s0 = f32x4.splat(0), s1 = s0;
    let row = v.planeOf(plane);
    for (let y = 0; y < v.h; ++y, row += v.row) {
      let r0 = f32x4.splat(0), r1 = r0;
      let p = row;
      for (let i = v.w; i > 0; --i, p += v.pixel) {
        r0 = f32x4.add(r0, v128.load(p));
        r1 = f32x4.add(r1, v128.load(p, 16));
      }
      s0 = f32x4.add(s0, r0);
      s1 = f32x4.add(s1, r1);
    }
    const q = at(partial, plane * LANES);
    v128.store(q, s0);
    v128.store(q, s1, 16);
  }
}

/** Units are blocks of x. sum[c] over the images' partial sums, in double precision. */
export function channelSum(sum: usize, partial: usize, x: usize, begin: i32, end: i32): void {
  const v = view(x);
  for (let c = begin * LANES; c < min(end * LANES, v.c); ++c) {
    let total: f64 = 0;
    for (let n = 0; n < v.n; ++n) total += <f64>load<f32>(at(partial, n * v.blocks * LANES + c));
    store<f32>(at(sum, c), <f32>total);
  }
}
