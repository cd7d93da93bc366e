// Functions on four lanes. exp and log are after the single-precision routines of the Cephes library (Moshier): errors of
// about 1e-7. What is not inlined is one body that kernels call: where speed matters less than the size of the binary.

import { madd } from "./simd";

/** The magic number that pushes the fraction out of the mantissa: with it added, x is rounded to a whole number. */
// @ts-ignore: decorator
@inline
function magic(): v128 {
  return f32x4.splat(12582912);
}

/** round(x / ln 2), the magic number added. */
// @ts-ignore: decorator
@inline
function halvings(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), magic());
}

/** x - n ln 2, in two parts. */
// @ts-ignore: decorator
@inline
function reduced(x: v128, n: v128): v128 {
  return madd(madd(x, n, f32x4.splat(-0.693359375)), n, f32x4.splat(2.12194440e-4));
}

/** (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2. */
// @ts-ignore: decorator
@inline
function expPolynomial(r: v128): v128 {
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(f32x4.splat(1.3981999507e-3), p, r);
  p = madd(f32x4.splat(8.3334519073e-3), p, r);
  p = madd(f32x4.splat(4.1665795894e-2), p, r);
  p = madd(f32x4.splat(1.6666665459e-1), p, r);
  return madd(f32x4.splat(5.0000001201e-1), p, r);
}

/** 2^i for whole numbers from -126 to 127. */
// @ts-ignore: decorator
@inline
function powerOfTwo(i: v128): v128 {
  return i32x4.shl(i32x4.add(i, i32x4.splat(127)), 23);
}

/** e^x; 0 below -104 and infinity above 88.7. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89));
  const shifted = halvings(clamped);
  const r = reduced(clamped, f32x4.sub(shifted, magic()));
  const p = madd(f32x4.add(r, f32x4.splat(1)), f32x4.mul(r, r), expPolynomial(r));
  // Above the magic number's own bits lies n. 2^n in two factors: near the ends of the range one would overflow or vanish.
  const i = i32x4.sub(shifted, i32x4.splat(0x4b400000));
  const half = i32x4.shr_s(i, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(i, half)));
}

/** e^x, called. */
export function expCalled(x: v128): v128 {
  return exp(x);
}

/** e^x - 1 up to x = 88, also where that is small. */
export function expm1(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-20)), f32x4.splat(88));
  const shifted = halvings(clamped);
  const r = reduced(clamped, f32x4.sub(shifted, magic()));
  const p = madd(r, f32x4.mul(r, r), expPolynomial(r));
  const scale = powerOfTwo(i32x4.sub(shifted, i32x4.splat(0x4b400000)));
  return madd(f32x4.sub(scale, f32x4.splat(1)), scale, p);
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

/** ln x, called. */
export function logCalled(x: v128): v128 {
  return log(x);
}

/**
 * The part of the normal distribution above x >= 0, erfc(x / sqrt 2) / 2: the Chebyshev fit of Numerical Recipes (Press et
 * al.), whose relative error is 1.2e-7 everywhere.
 */
export function normalTail(x: v128): v128 {
  // Further out it is 0.
  const a = f32x4.pmin(x, f32x4.splat(16));
  const half = f32x4.splat(0.5);
  const t = f32x4.div(f32x4.splat(1), madd(f32x4.splat(1), a, f32x4.splat(0.35355339059)));
  let p = f32x4.splat(0.17087277);
  p = madd(f32x4.splat(-0.82215223), p, t);
  p = madd(f32x4.splat(1.48851587), p, t);
  p = madd(f32x4.splat(-1.13520398), p, t);
  p = madd(f32x4.splat(0.27886807), p, t);
  p = madd(f32x4.splat(-0.18628806), p, t);
  p = madd(f32x4.splat(0.09678418), p, t);
  p = madd(f32x4.splat(0.37409196), p, t);
  p = madd(f32x4.splat(1.00002368), p, t);
  p = madd(f32x4.splat(-1.26551223), p, t);
  // -x^2 / 2 in two parts, of x's first bits and of the rest: as one float it would be too coarse an exponent.
  const first = v128.and(a, i32x4.splat(0xfffff000));
  const rest = f32x4.mul(f32x4.mul(f32x4.sub(first, a), f32x4.add(first, a)), half);
  const e = expCalled(f32x4.mul(f32x4.mul(first, first), f32x4.splat(-0.5)));
  return f32x4.mul(f32x4.mul(f32x4.mul(t, half), e), expCalled(f32x4.add(p, rest)));
}
