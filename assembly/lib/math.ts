// exp and log on four lanes, after the single-precision routines of the Cephes library (Moshier): errors of about 1e-7.

import { madd } from "./simd";

/** e^x; 0 below -87.3 and infinity above 88.7. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // n = round(x / ln 2), by the magic number that pushes the fraction out of the mantissa; r = x - n ln 2 in two parts.
  const magic = f32x4.splat(12582912);
  const clamped = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89));
  const shifted = f32x4.add(f32x4.mul(clamped, f32x4.splat(1.44269504088896341)), magic);
  const n = f32x4.sub(shifted, magic);
  let r = madd(clamped, n, f32x4.splat(-0.693359375));
  r = madd(r, n, f32x4.splat(2.12194440e-4));
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(f32x4.splat(1.3981999507e-3), p, r);
  p = madd(f32x4.splat(8.3334519073e-3), p, r);
  p = madd(f32x4.splat(4.1665795894e-2), p, r);
  p = madd(f32x4.splat(1.6666665459e-1), p, r);
  p = madd(f32x4.splat(5.0000001201e-1), p, r);
  p = madd(f32x4.add(r, f32x4.splat(1)), f32x4.mul(r, r), p);
  // Above the magic number's own bits lies n. 2^n in two factors: near the ends of the range one would overflow or vanish.
  const i = i32x4.sub(shifted, i32x4.splat(0x4b400000));
  const half = i32x4.shr_s(i, 1);
  const bias = i32x4.splat(127);
  const first = i32x4.shl(i32x4.add(half, bias), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(i, half), bias), 23);
  return f32x4.mul(f32x4.mul(p, first), second);
}

/** ln x for x > 0; -infinity at 0, NaN below. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  // Denormals are scaled up by 2^23 first. x = m 2^e with m in [sqrt(1/2), sqrt 2).
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const y = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(y, 23), i32x4.splat(126)));
  e = f32x4.sub(e, v128.and(tiny, f32x4.splat(23)));
  let m = v128.or(v128.and(y, i32x4.splat(0x007fffff)), f32x4.splat(0.5));
  const small = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  e = f32x4.sub(e, v128.and(small, f32x4.splat(1)));
  m = f32x4.sub(f32x4.add(m, v128.and(small, m)), f32x4.splat(1));
  const z = f32x4.mul(m, m);
  let p = f32x4.splat(7.0376836292e-2);
  p = madd(f32x4.splat(-1.1514610310e-1), p, m);
  p = madd(f32x4.splat(1.1676998740e-1), p, m);
  p = madd(f32x4.splat(-1.2420140846e-1), p, m);
  p = madd(f32x4.splat(1.4249322787e-1), p, m);
  p = madd(f32x4.splat(-1.6668057665e-1), p, m);
  p = madd(f32x4.splat(2.0000714765e-1), p, m);
  p = madd(f32x4.splat(-2.4999993993e-1), p, m);
  p = madd(f32x4.splat(3.3333331174e-1), p, m);
  let r = f32x4.mul(f32x4.mul(m, z), p);
  r = madd(r, e, f32x4.splat(-2.12194440e-4));
  r = madd(r, z, f32x4.splat(-0.5));
  r = madd(f32x4.add(m, r), e, f32x4.splat(0.693359375));
  const zero = f32x4.splat(0);
  r = v128.bitselect(f32x4.splat(-Infinity), r, f32x4.eq(x, zero));
  r = v128.bitselect(f32x4.splat(Infinity), r, f32x4.eq(x, f32x4.splat(Infinity)));
  // Below zero or NaN: the comparison with itself sets what ordering cannot.
  const bad = v128.or(f32x4.lt(x, zero), f32x4.ne(x, x));
  return v128.bitselect(f32x4.splat(NaN), r, bad);
}
