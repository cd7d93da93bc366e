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

/** Adds four floats to four doubles. */
// @ts-ignore: decorator
@inline
export function accumulate(sums: usize, x: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(x)));
  const high = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0));
  v128.store(sums, f64x2.add(v128.load(sums, 16), high), 16);
}

// @ts-ignore: decorator
@inline
function clear(sums: usize): void {
  for (let i = 0; i < LANES; i += 2) v128.store(doubleAt(sums, i), zero());
}

/** The two doubles of a vector, added. */
// @ts-ignore: decorator
@inline export function sumOfLanes(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** sums[8] = the sums of F(x, k) over a plane; k0 and k1: for the lower and the upper four channels. */
// @ts-ignore: decorator
@inline
export function sumMap<F>(sums: usize, x: View, plane: i32, k0: v128, k1: v128): void {
  const f = changetype<F>(0);
  clear(sums);
  let row = x.planeOf(plane);
  for (let y = 0; y < x.h; ++y, row += x.row) {
    let p = row;
    for (let left = x.w; left > 0; left -= RUN) {
      let s0 = zero(), s1 = zero();
      for (let i = min(left, RUN); i > 0; --i, p += x.pixel) {
        s0 = f.of(s0, v128.load(p), k0);
        s1 = f.of(s1, v128.load(p, 16), k1);
      }
      accumulate(sums, s0);
      accumulate(at(sums, LANES), s1);
    }
  }
}

/** sums[8] = the sums of F(a, b, k) over a plane of two views of one shape. */
// @ts-ignore: decorator
@inline
export function sumZip<F>(sums: usize, a: View, b: View, plane: i32, k0: v128, k1: v128): void {
  const f = changetype<F>(0);
  clear(sums);
  let aRow = a.planeOf(plane), bRow = b.planeOf(plane);
  for (let y = 0; y < a.h; ++y, aRow += a.row, bRow += b.row) {
    let p = aRow, q = bRow;
    for (let left = a.w; left > 0; left -= RUN) {
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
