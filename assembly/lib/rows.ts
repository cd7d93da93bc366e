// Loops over the rows of views, written once. F is a fieldless class whose inlined `of` is the arithmetic of one op; k is
// what it gets besides: a constant in every lane, or the address of several. Lanes past the last channel are kept zero,
// also where F makes something else of zeros, or of what lies behind the last number of a dense value.

import { laneMask, LANES, View, view } from "./view";

/** out = F(x, k), row by row. */
// @ts-ignore: decorator
@inline
export function map<F, K>(out: usize, x: usize, k: K, begin: i32, end: i32): void {
  const o = view(out), v = view(x);
  const f = changetype<F>(0);
  const qPixel = o.pixel, pPixel = v.pixel;
  for (let unit = begin; unit < end; ++unit) {
    let q = o.rowOf(unit), p = v.rowOf(unit);
    for (let i = o.w; i > 0; --i, q += qPixel, p += pPixel) {
      v128.store(q, f.of(v128.load(p), k));
      v128.store(q, f.of(v128.load(p, 16), k), 16);
    }
    clearLanes(o, unit);
  }
}

/** out = F(a, b, k), row by row; a stride of 0 in b repeats it. */
// @ts-ignore: decorator
@inline
export function zip<F, K>(out: usize, a: usize, b: usize, k: K, begin: i32, end: i32): void {
  const o = view(out), v = view(a), u = view(b);
  const f = changetype<F>(0);
  const qPixel = o.pixel, pPixel = v.pixel, rPixel = u.pixel;
  for (let unit = begin; unit < end; ++unit) {
    let q = o.rowOf(unit), p = v.rowOf(unit), r = u.rowOf(unit);
    for (let i = o.w; i > 0; --i, q += qPixel, p += pPixel, r += rPixel) {
      v128.store(q, f.of(v128.load(p), v128.load(r), k));
      v128.store(q, f.of(v128.load(p, 16), v128.load(r, 16), k), 16);
    }
    clearLanes(o, unit);
  }
}

/** Zeroes the lanes of a row that are no channels. The row has just been written, so that it lies near. */
export function clearLanes(o: View, unit: i32): void {
  if (o.c % LANES == 0) return;
  const lanes = o.lanesOfRow(unit);
  if (lanes == LANES) return;
  const low = laneMask(lanes, 0), high = laneMask(lanes, 4);
  for (let i = o.w, q = o.rowOf(unit); i > 0; --i, q += o.pixel) {
    v128.store(q, v128.and(v128.load(q), low));
    v128.store(q, v128.and(v128.load(q, 16), high), 16);
  }
}
