// Loops over the rows of views, written once. F is a fieldless class whose inlined `of` is the arithmetic of one op;
// k is the op's constant (a slope, a scale), 0 where it has none.

import { laneMask, LANES, view } from "./view";

/** out = F(x, k), row by row. Lanes past the last channel are kept zero, also where F(0) is not. */
// @ts-ignore: decorator
@inline
export function map<F>(out: usize, x: usize, k: f32, begin: i32, end: i32): void {
  const o = view(out), v = view(x);
  const f = changetype<F>(0);
  const constant = f32x4.splat(k);
  for (let unit = begin; unit < end; ++unit) {
    let q = o.rowOf(unit), p = v.rowOf(unit);
    const lanes = o.lanesOfRow(unit);
    if (lanes == LANES) {
      for (let i = o.w; i > 0; --i, q += o.pixel, p += v.pixel) {
        v128.store(q, f.of(v128.load(p), constant));
        v128.store(q, f.of(v128.load(p, 16), constant), 16);
      }
    } else {
      const low = laneMask(lanes, 0), high = laneMask(lanes, 4);
      for (let i = o.w; i > 0; --i, q += o.pixel, p += v.pixel) {
        v128.store(q, v128.and(f.of(v128.load(p), constant), low));
        v128.store(q, v128.and(f.of(v128.load(p, 16), constant), high), 16);
      }
    }
  }
}

/** out = F(a, b, k), row by row; a stride of 0 in b repeats it. F(0, 0) must be 0. */
// @ts-ignore: decorator
@inline
export function zip<F>(out: usize, a: usize, b: usize, k: f32, begin: i32, end: i32): void {
  const o = view(out), v = view(a), u = view(b);
  const f = changetype<F>(0);
  const constant = f32x4.splat(k);
  for (let unit = begin; unit < end; ++unit) {
    let q = o.rowOf(unit), p = v.rowOf(unit), r = u.rowOf(unit);
    for (let i = o.w; i > 0; --i, q += o.pixel, p += v.pixel, r += u.pixel) {
      v128.store(q, f.of(v128.load(p), v128.load(r), constant));
      v128.store(q, f.of(v128.load(p, 16), v128.load(r, 16), constant), 16);
    }
  }
}
