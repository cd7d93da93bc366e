// Weighted sums along one axis of a tensor under any strides.

import { at, madd, zero } from "../lib/simd";

/** Numbers lie as [n0][n1][n2][axis][inner], the inner ones next to each other; strides are in bytes. */
// @ts-ignore: decorator
@unmanaged @final
class Resampling {
  n1: i32; n2: i32;
  /** Places along the axis of out. */
  m: i32;
  inner: i32;
  x0: i32; x1: i32; x2: i32; xAxis: i32;
  out0: i32; out1: i32; out2: i32; outAxis: i32;
}

/**
 * Units are n0 x n1 x n2 x m. Place i of out is the sum of weights[k] times place places[k] of x, over k from starts[i] to
 * starts[i + 1] - 1.
 */
export function resample(
  out: usize, x: usize, starts: usize, places: usize, weights: usize, geometry: usize, begin: i32, end: i32,
): void {
  const g = changetype<Resampling>(geometry);
  const axis = g.xAxis;
  for (let unit = begin; unit < end; ++unit) {
    let rest = unit / g.m;
    const i = unit - rest * g.m;
    const i2 = rest % g.n2;
    rest /= g.n2;
    const i1 = rest % g.n1, i0 = rest / g.n1;
    let p = x + i0 * g.x0 + i1 * g.x1 + i2 * g.x2;
    let q = out + i0 * g.out0 + i1 * g.out1 + i2 * g.out2 + i * g.outAxis;
    const first = load<i32>(at(starts, i)), stop = load<i32>(at(starts, i + 1));
    let left = g.inner;
    for (; left >= 4; left -= 4, p += 16, q += 16) {
      let sum = zero();
      for (let k = first; k < stop; ++k) {
        sum = madd(sum, v128.load(p + load<i32>(at(places, k)) * axis), v128.load32_splat(at(weights, k)));
      }
      v128.store(q, sum);
    }
    for (; left > 0; --left, p += 4, q += 4) {
      let sum: f64 = 0;
      for (let k = first; k < stop; ++k) {
        sum += <f64>load<f32>(p + load<i32>(at(places, k)) * axis) * <f64>load<f32>(at(weights, k));
      }
      store<f32>(q, <f32>sum);
    }
  }
}
