// Sums over planes, written once: short runs of pixels in single precision, which are then added up in double.
// F is a fieldless class whose inlined `of` adds a pixel's part to the sum of a run; k is a constant per channel.

import { LANES, View } from "./view";
import { at, zero } from "./simd";

/** Pixels in a run. */
const RUN: i32 = 64;

/** Address of the i-th double from p. */
// @ts-ignore: decorator
@inline export function doubleAt(p: usize, i: i32): usize {
  return p + ((<usize>i) << 3);
}

/** Two of four floats as doubles. */
// @ts-ignore: decorator
@inline
export function lower(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

// @ts-ignore: decorator
@inline
export function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0));
}

/** Adds four floats to four doubles. */
// @ts-ignore: decorator
@inline
export function accumulate(sums: usize, x: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), lower(x)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), upper(x)), 16);
}

// @ts-ignore: decorator
@inline
export function clear(sums: usize): void {
  for (let i = 0; i < LANES; i += 2) v128.store(doubleAt(sums, i), zero());
}

/** The two doubles of a vector, added. */
// @ts-ignore: decorator
@inline export function sumOfLanes(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Four doubles as floats. */
// @ts-ignore: decorator
@inline export function narrow(sums: usize): v128 {
  const low = f32x4.demote_f64x2_zero(v128.load(sums)), high = f32x4.demote_f64x2_zero(v128.load(sums, 16));
  return i64x2.shuffle(low, high, 0, 2);
}

/** The sum itself. */
// @ts-ignore: decorator
@unmanaged @final
export class Sum {
  // @ts-ignore: decorator
  @inline of(sum: v128, x: v128, k: v128): v128 { return f32x4.add(sum, x); }
}

/** sums[8] += the sums of F(x, k) over a plane; k0 and k1: for the lower and the upper four channels. */
// @ts-ignore: decorator
@inline
export function addMap<F>(sums: usize, x: View, plane: i32, k0: v128, k1: v128): void {
  const f = changetype<F>(0);
  let d0 = v128.load(sums), d1 = v128.load(sums, 16), d2 = v128.load(sums, 32), d3 = v128.load(sums, 48);
  // Rows that follow one another are one long row.
  const joined = x.row == x.w * x.pixel;
  const h = joined ? 1 : x.h, w = joined ? x.h * x.w : x.w;
  let row = x.planeOf(plane);
  for (let y = 0; y < h; ++y, row += x.row) {
    let p = row;
    for (let left = w; left > 0; left -= RUN) {
      let s0 = zero(), s1 = zero();
      // Even and odd pixels by themselves: one sum would wait for its own last addition.
      let t0 = s0, t1 = s0;
      let i = min(left, RUN);
      for (; i > 1; i -= 2) {
        s0 = f.of(s0, v128.load(p), k0);
        s1 = f.of(s1, v128.load(p, 16), k1);
        p += x.pixel;
        t0 = f.of(t0, v128.load(p), k0);
        t1 = f.of(t1, v128.load(p, 16), k1);
        p += x.pixel;
      }
      if (i > 0) {
        s0 = f.of(s0, v128.load(p), k0);
        s1 = f.of(s1, v128.load(p, 16), k1);
        p += x.pixel;
      }
      s0 = f32x4.add(s0, t0);
      s1 = f32x4.add(s1, t1);
      d0 = f64x2.add(d0, lower(s0));
      d1 = f64x2.add(d1, upper(s0));
      d2 = f64x2.add(d2, lower(s1));
      d3 = f64x2.add(d3, upper(s1));
    }
  }
  v128.store(sums, d0);
  v128.store(sums, d1, 16);
  v128.store(sums, d2, 32);
  v128.store(sums, d3, 48);
}

/** sums[8] = the sums of F(x, k) over a plane. */
// @ts-ignore: decorator
@inline
export function sumMap<F>(sums: usize, x: View, plane: i32, k0: v128, k1: v128): void {
  clear(sums);
  addMap<F>(sums, x, plane, k0, k1);
}

/** sums[8] = the sums of F(a, b, k) over a plane of two views of one shape. */
// @ts-ignore: decorator
@inline
export function sumZip<F>(sums: usize, a: View, b: View, plane: i32, k0: v128, k1: v128): void {
  const f = changetype<F>(0);
  clear(sums);
  const joined = a.row == a.w * a.pixel && b.row == b.w * b.pixel;
  const h = joined ? 1 : a.h, w = joined ? a.h * a.w : a.w;
  let aRow = a.planeOf(plane), bRow = b.planeOf(plane);
  for (let y = 0; y < h; ++y, aRow += a.row, bRow += b.row) {
    let p = aRow, q = bRow;
    for (let left = w; left > 0; left -= RUN) {
      let s0 = zero(), s1 = zero();
      for (let i = min(left, RUN); i > 0; --i, p += a.pixel, q += b.pixel) {
        s0 = f.of(s0, v128.load(p), v128.load(q), k0);
        s1 = f.of(s1, v128.load(p, 16), v128.load(q, 16), k1);
      }
      accumulate(sums, s0);
      accumulate(at(sums, LANES), s1);
    }
  }
}
