// Sums over the dimensions that broadcasting repeats.

import { view } from "../lib/view";

/**
 * Units are planes of out, of one pixel each: the sum over the pixels of x, and over its images where out has only one.
 * By rows, then planes, then images, so that no sum is long.
 */
export function sumTo(out: usize, x: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x);
  const images = v.n / o.n;
  for (let unit = begin; unit < end; ++unit) {
    let s0 = f32x4.splat(0), s1 = s0;
    for (let n = 0; n < images; ++n) {
      let p0 = f32x4.splat(0), p1 = p0;
      let row = v.planeOf(unit + n * v.blocks);
      for (let y = 0; y < v.h; ++y, row += v.row) {
        let r0 = f32x4.splat(0), r1 = r0;
        let p = row;
        for (let i = v.w; i > 0; --i, p += v.pixel) {
          r0 = f32x4.add(r0, v128.load(p));
          r1 = f32x4.add(r1, v128.load(p, 16));
        }
        p0 = f32x4.add(p0, r0);
        p1 = f32x4.add(p1, r1);
      }
      s0 = f32x4.add(s0, p0);
      s1 = f32x4.add(s1, p1);
    }
    const q = o.planeOf(unit);
    v128.store(q, s0);
    v128.store(q, s1, 16);
  }
}
