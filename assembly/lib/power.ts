// x^y, by way of doubles: in single precision the error of y ln x would be multiplied by e to its power.

/** x^y for two doubles x >= 0; not for what has no logarithm times y, such as 0^0. */
function powerOfPositive(x: v128, y: v128): v128 {
  // x = m 2^k with m from sqrt(1/2) to sqrt 2. ln m = 2 artanh s, s = (m - 1) / (m + 1), by its series.
  const k = i64x2.shr_s(i64x2.sub(x, i64x2.splat(0x3fe6a09e667f3bcd)), 52);
  const m = i64x2.sub(x, i64x2.shl(k, 52));
  const one = f64x2.splat(1);
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const z = f64x2.mul(s, s);
  let p = f64x2.splat(1.0 / 11);
  p = f64x2.add(f64x2.mul(p, z), f64x2.splat(1.0 / 9));
  p = f64x2.add(f64x2.mul(p, z), f64x2.splat(1.0 / 7));
  p = f64x2.add(f64x2.mul(p, z), f64x2.splat(1.0 / 5));
  p = f64x2.add(f64x2.mul(p, z), f64x2.splat(1.0 / 3));
  p = f64x2.add(f64x2.mul(p, z), one);
  const whole = f64x2.convert_low_i32x4_s(i32x4.shuffle(k, k, 0, 2, 0, 2));
  let log2 = f64x2.add(whole, f64x2.mul(f64x2.mul(s, p), f64x2.splat(2 * 1.4426950408889634)));
  log2 = v128.bitselect(f64x2.splat(-Infinity), log2, f64x2.eq(x, f64x2.splat(0)));
  log2 = v128.bitselect(x, log2, f64x2.eq(x, f64x2.splat(Infinity)));

  // 2^t = 2^n e^f, beyond the range of floats on both sides.
  const t = f64x2.pmin(f64x2.pmax(f64x2.mul(y, log2), f64x2.splat(-200)), f64x2.splat(200));
  const n = f64x2.nearest(t);
  const f = f64x2.mul(f64x2.sub(t, n), f64x2.splat(0.6931471805599453));
  let e = f64x2.splat(1.0 / 5040);
  e = f64x2.add(f64x2.mul(e, f), f64x2.splat(1.0 / 720));
  e = f64x2.add(f64x2.mul(e, f), f64x2.splat(1.0 / 120));
  e = f64x2.add(f64x2.mul(e, f), f64x2.splat(1.0 / 24));
  e = f64x2.add(f64x2.mul(e, f), f64x2.splat(1.0 / 6));
  e = f64x2.add(f64x2.mul(e, f), f64x2.splat(0.5));
  e = f64x2.add(f64x2.mul(e, f), one);
  e = f64x2.add(f64x2.mul(e, f), one);
  const exponent = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(n));
  return f64x2.mul(e, i64x2.shl(i64x2.add(exponent, i64x2.splat(1023)), 52));
}

/** The last two of four floats as doubles. */
// @ts-ignore: decorator
@inline
function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0));
}

/** x^y as pow of C: also x < 0 with a whole y, zeros, infinities, and NaN. */
export function power(x: v128, y: v128): v128 {
  const size = f32x4.abs(x);
  const one = f32x4.splat(1);
  const low = f32x4.demote_f64x2_zero(
    powerOfPositive(f64x2.promote_low_f32x4(size), f64x2.promote_low_f32x4(y)),
  );
  const high = f32x4.demote_f64x2_zero(powerOfPositive(upper(size), upper(y)));
  // 1 to infinity too.
  let r = v128.bitselect(one, i64x2.shuffle(low, high, 0, 2), f32x4.eq(size, one));
  const whole = f32x4.eq(f32x4.trunc(y), y);
  const half = f32x4.mul(y, f32x4.splat(0.5));
  const odd = v128.and(whole, f32x4.ne(f32x4.trunc(half), half));
  r = v128.or(r, v128.and(v128.and(x, odd), i32x4.splat(0x80000000)));
  const root = v128.andnot(f32x4.lt(x, f32x4.splat(0)), v128.or(whole, f32x4.eq(size, f32x4.splat(Infinity))));
  const bad = v128.or(root, v128.or(f32x4.ne(x, x), f32x4.ne(y, y)));
  r = v128.bitselect(f32x4.splat(NaN), r, bad);
  // Even of NaN.
  return v128.bitselect(one, r, v128.or(f32x4.eq(x, one), f32x4.eq(y, f32x4.splat(0))));
}
