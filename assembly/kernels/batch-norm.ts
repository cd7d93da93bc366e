// Batch normalisation (Ioffe and Szegedy, 2015): y = (x - mean) / sqrt(var + eps) weight + bias, channel by channel.
// Statistics are taken in two passes over each plane while it is in the cache, then combined in double precision.

import { at, madd, zero } from "../lib/simd";
import { doubleAt, narrow, Sum, sumMap, sumZip } from "../lib/sums";
import { laneMask, LANES, View, view } from "../lib/view";

// @ts-ignore: decorator
@unmanaged @final
class SquaredDeviation {
  // @ts-ignore: decorator
  @inline of(sum: v128, x: v128, mean: v128): v128 {
    const d = f32x4.sub(x, mean);
    return madd(sum, d, d);
  }
}

// @ts-ignore: decorator
@unmanaged @final
class Correlation {
  // @ts-ignore: decorator
  @inline of(sum: v128, dy: v128, x: v128, mean: v128): v128 { return madd(sum, dy, f32x4.sub(x, mean)); }
}

/** Four of the channels' numbers: 0 past the last channel, and everywhere where there are none. */
// @ts-ignore: decorator
@inline
function channels(p: usize, i: i32, mask: v128): v128 {
  return p ? v128.and(v128.load(at(p, i)), mask) : zero();
}

/** The number that each of four channels is multiplied by; 0 past the last one, so that nothing appears there. */
// @ts-ignore: decorator
@inline
function scale(weight: usize, inverse: usize, i: i32, mask: v128): v128 {
  const s = v128.load(at(inverse, i));
  return v128.and(weight ? f32x4.mul(s, v128.load(at(weight, i))) : s, mask);
}

/** First channel of a row's block. */
// @ts-ignore: decorator
@inline
function channelOf(v: View, unit: i32): i32 {
  return ((unit / v.h) % v.blocks) * LANES;
}

/** Units are planes. partial[n][block]: the 8 means of a plane, then the 8 sums of squared deviations from them. */
export function batchNormMoments(partial: usize, x: usize, begin: i32, end: i32): void {
  const v = view(x);
  const count = f64x2.splat(<f64>(v.h * v.w));
  for (let plane = begin; plane < end; ++plane) {
    const means = doubleAt(partial, plane * 2 * LANES);
    sumMap<Sum>(means, v, plane, zero(), zero());
    for (let i = 0; i < LANES; i += 2) {
      v128.store(doubleAt(means, i), f64x2.div(v128.load(doubleAt(means, i)), count));
    }
    sumMap<SquaredDeviation>(doubleAt(means, LANES), v, plane, narrow(means), narrow(doubleAt(means, 4)));
  }
}

// @ts-ignore: decorator
@unmanaged @final
class Averaging {
  eps: f32;
  momentum: f32;
}

/**
 * Units are blocks of x. From the planes' moments: mean[c] and inverse[c] = 1 / sqrt(var + eps) of the batch. Moves the
 * running mean and the running variance, which is the unbiased one, towards them. `tracked`, if any, counts batches.
 */
export function batchNormStatistics(
  mean: usize,
  inverse: usize,
  runningMean: usize,
  runningVar: usize,
  tracked: usize,
  partial: usize,
  x: usize,
  constants: usize,
  begin: i32,
  end: i32,
): void {
  const v = view(x), k = changetype<Averaging>(constants);
  const momentum = <f64>k.momentum;
  const plane = <f64>(v.h * v.w);
  const count = <f64>v.n * plane;
  if (begin == 0 && tracked) store<f32>(tracked, load<f32>(tracked) + 1);
  for (let c = begin * LANES; c < min(end * LANES, v.c); ++c) {
    const first = doubleAt(partial, (c / LANES) * 2 * LANES + c % LANES);
    const image = v.blocks * 2 * LANES;
    let m: f64 = 0;
    for (let n = 0; n < v.n; ++n) m += load<f64>(doubleAt(first, n * image));
    m /= <f64>v.n;
    let squares: f64 = 0;
    for (let n = 0; n < v.n; ++n) {
      const p = doubleAt(first, n * image);
      const d = load<f64>(p) - m;
      squares += load<f64>(doubleAt(p, LANES)) + plane * d * d;
    }
    store<f32>(at(mean, c), <f32>m);
    store<f32>(at(inverse, c), <f32>(1 / sqrt<f64>(squares / count + <f64>k.eps)));
    const rm = at(runningMean, c), rv = at(runningVar, c);
    store<f32>(rm, <f32>((1 - momentum) * <f64>load<f32>(rm) + momentum * m));
    store<f32>(rv, <f32>((1 - momentum) * <f64>load<f32>(rv) + momentum * (squares / (count - 1))));
  }
}

/** Units are groups of 4 channels. inverse = 1 / sqrt(var + eps). */
export function batchNormInverse(inverse: usize, variance: usize, constants: usize, begin: i32, end: i32): void {
  const eps = v128.load32_splat(constants);
  for (let i = begin * 4; i < end * 4; i += 4) {
    const deviation = f32x4.sqrt(f32x4.add(v128.load(at(variance, i)), eps));
    v128.store(at(inverse, i), f32x4.div(f32x4.splat(1), deviation));
  }
}

/** Channels and eps of a batch norm that a convolution takes over, and floats from the scales to the shifts. */
// @ts-ignore: decorator
@unmanaged @final
class Fold { c: i32; shifts: i32; eps: f32 }

/**
 * (x + start - mean) / sqrt(variance + eps) weight + bias as scale x + shift: folded[0..c) and folded[shifts..shifts + c),
 * zeros behind them. weight 1, bias 0 and start 0 where there is none. Units are groups of 4 channels.
 */
export function batchNormFold(
  folded: usize,
  weight: usize,
  bias: usize,
  mean: usize,
  variance: usize,
  start: usize,
  constants: usize,
  begin: i32,
  end: i32,
): void {
  const g = changetype<Fold>(constants);
  const eps = f32x4.splat(g.eps);
  for (let i = begin * 4; i < end * 4; i += 4) {
    const mask = laneMask(g.c - i, 0);
    let scale = f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(v128.load(at(variance, i)), eps)));
    if (weight != 0) scale = f32x4.mul(scale, v128.load(at(weight, i)));
    let shift = f32x4.neg(v128.load(at(mean, i)));
    if (start != 0) shift = f32x4.add(shift, v128.load(at(start, i)));
    shift = f32x4.mul(shift, scale);
    if (bias != 0) shift = f32x4.add(shift, v128.load(at(bias, i)));
    v128.store(at(folded, i), v128.and(scale, mask));
    v128.store(at(folded, g.shifts + i), v128.and(shift, mask));
  }
}

/** out = (x - mean) inverse weight + bias; weight 1, bias 0 and mean 0 where there is none. Units are rows. */
export function batchNorm(
  out: usize,
  x: usize,
  weight: usize,
  bias: usize,
  mean: usize,
  inverse: usize,
  begin: i32,
  end: i32,
): void {
  const o = view(out), v = view(x);
  for (let unit = begin; unit < end; ++unit) {
    const c = channelOf(o, unit);
    const low = laneMask(o.c - c, 0), high = laneMask(o.c - c, 4);
    const s0 = scale(weight, inverse, c, low), s1 = scale(weight, inverse, c + 4, high);
    const b0 = channels(bias, c, low), b1 = channels(bias, c + 4, high);
    const m0 = channels(mean, c, low), m1 = channels(mean, c + 4, high);
    let q = o.rowOf(unit), p = v.rowOf(unit);
    for (let i = o.w; i > 0; --i, q += o.pixel, p += v.pixel) {
      v128.store(q, madd(b0, f32x4.sub(v128.load(p), m0), s0));
      v128.store(q, madd(b1, f32x4.sub(v128.load(p, 16), m1), s1), 16);
    }
  }
}

/** Units are planes. partial[n][block]: 8 sums of dy over the plane, then 8 of dy (x - mean). */
export function batchNormSums(partial: usize, dy: usize, x: usize, mean: usize, begin: i32, end: i32): void {
  const u = view(dy), v = view(x);
  for (let plane = begin; plane < end; ++plane) {
    const c = (plane % v.blocks) * LANES;
    const sums = doubleAt(partial, plane * 2 * LANES);
    sumMap<Sum>(sums, u, plane, zero(), zero());
    const m0 = v128.load(at(mean, c)), m1 = v128.load(at(mean, c + 4));
    sumZip<Correlation>(doubleAt(sums, LANES), u, v, plane, m0, m1);
  }
}

/** Units are blocks of dy. The gradients of weight and bias from the planes' sums. */
export function batchNormGradWeight(
  dweight: usize,
  dbias: usize,
  partial: usize,
  dy: usize,
  inverse: usize,
  begin: i32,
  end: i32,
): void {
  const u = view(dy);
  for (let c = begin * LANES; c < min(end * LANES, u.c); ++c) {
    let p = doubleAt(partial, (c / LANES) * 2 * LANES + c % LANES);
    let sum: f64 = 0, correlation: f64 = 0;
    for (let n = 0; n < u.n; ++n, p = doubleAt(p, u.blocks * 2 * LANES)) {
      sum += load<f64>(p);
      correlation += load<f64>(doubleAt(p, LANES));
    }
    store<f32>(at(dbias, c), <f32>sum);
    store<f32>(at(dweight, c), <f32>(correlation * <f64>load<f32>(at(inverse, c))));
  }
}

/**
 * The gradient through the statistics of the batch, with xhat = (x - mean) inverse and constants [1 / values per
 * channel]: dx = inverse weight (dy - (dbias + xhat dweight) / values). Units are rows.
 */
export function batchNormTrainGradInput(
  dx: usize,
  dy: usize,
  x: usize,
  weight: usize,
  mean: usize,
  inverse: usize,
  dweight: usize,
  dbias: usize,
  constants: usize,
  begin: i32,
  end: i32,
): void {
  const o = view(dx), u = view(dy), v = view(x);
  const share = f32x4.neg(v128.load32_splat(constants));
  for (let unit = begin; unit < end; ++unit) {
    const c = channelOf(o, unit);
    const low = laneMask(o.c - c, 0), high = laneMask(o.c - c, 4);
    // dx = s dy + t (x - mean) + b
    const s0 = scale(weight, inverse, c, low), s1 = scale(weight, inverse, c + 4, high);
    const m0 = channels(mean, c, low), m1 = channels(mean, c + 4, high);
    const b0 = f32x4.mul(f32x4.mul(s0, share), channels(dbias, c, low));
    const b1 = f32x4.mul(f32x4.mul(s1, share), channels(dbias, c + 4, high));
    const t0 = f32x4.mul(f32x4.mul(f32x4.mul(s0, share), channels(dweight, c, low)), channels(inverse, c, low));
    const t1 = f32x4.mul(f32x4.mul(f32x4.mul(s1, share), channels(dweight, c + 4, high)), channels(inverse, c + 4, high));
    let q = o.rowOf(unit), r = u.rowOf(unit), p = v.rowOf(unit);
    for (let i = o.w; i > 0; --i, q += o.pixel, r += u.pixel, p += v.pixel) {
      const d0 = madd(b0, f32x4.sub(v128.load(p), m0), t0);
      const d1 = madd(b1, f32x4.sub(v128.load(p, 16), m1), t1);
      v128.store(q, madd(d0, v128.load(r), s0));
      v128.store(q, madd(d1, v128.load(r, 16), s1), 16);
    }
  }
}
