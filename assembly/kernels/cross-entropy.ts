// Cross entropy of softmax scores against class indices, with label smoothing (Szegedy et al., 2016): the mean over the
// batch of log(sum e^z) minus z of the target, which counts 1 - smoothing, and of all classes, which share the rest.

import { expCalled, logCalled } from "../lib/math";
import { at } from "../lib/simd";
import { accumulate, doubleAt, sumOfLanes } from "../lib/sums";
import { laneMask, LANES, View, view } from "../lib/view";

// @ts-ignore: decorator
@unmanaged @final
class Smoothing {
  smoothing: f32;
  /** 1 / batch. */
  share: f32;
}

/** Address of four of an image's scores, by quarter blocks of two. */
// @ts-ignore: decorator
@inline
function scoresAt(v: View, p: usize, c: i32): usize {
  return p + (c / LANES) * v.block + (c & 4) * 4;
}

/** The largest score of an image, in all lanes. */
// @ts-ignore: decorator
@inline
function largest(v: View, p: usize): v128 {
  const lowest = f32x4.splat(-Infinity);
  let top = lowest;
  for (let c = 0; c < v.c; c += 4) {
    const z = v128.bitselect(v128.load(scoresAt(v, p, c)), lowest, laneMask(v.c - c, 0));
    top = f32x4.pmax(top, z);
  }
  top = f32x4.pmax(top, i64x2.shuffle(top, top, 1, 0));
  return f32x4.pmax(top, i32x4.shuffle(top, top, 1, 0, 3, 2));
}

/** Units are images. partial[n]: the loss of each, in double precision. */
export function crossEntropy(
  partial: usize,
  logits: usize,
  targets: usize,
  constants: usize,
  begin: i32,
  end: i32,
): void {
  const v = view(logits);
  const smoothing = <f64>changetype<Smoothing>(constants).smoothing;
  for (let n = begin; n < end; ++n) {
    const p = v.data + n * v.image;
    const top = largest(v, p);
    let powers = f64x2.splat(0), scores = f64x2.splat(0);
    for (let c = 0; c < v.c; c += 4) {
      const mask = laneMask(v.c - c, 0);
      const z = f32x4.sub(v128.load(scoresAt(v, p, c)), top);
      const e = v128.and(expCalled(z), mask), s = v128.and(z, mask);
      powers = f64x2.add(powers, f64x2.promote_low_f32x4(e));
      powers = f64x2.add(powers, f64x2.promote_low_f32x4(i64x2.shuffle(e, e, 1, 0)));
      scores = f64x2.add(scores, f64x2.promote_low_f32x4(s));
      scores = f64x2.add(scores, f64x2.promote_low_f32x4(i64x2.shuffle(s, s, 1, 0)));
    }
    // Everything relative to the largest score.
    const normalizer = <f64>f32x4.extract_lane(logCalled(f32x4.splat(<f32>sumOfLanes(powers))), 0);
    const target = <i32>load<f32>(at(targets, n));
    const score = load<f32>(scoresAt(v, p, target & ~3) + (target & 3) * 4) - f32x4.extract_lane(top, 0);
    let loss = (1 - smoothing) * (normalizer - <f64>score);
    // No zero times infinity where a score is masked by -infinity.
    if (smoothing != 0) loss += smoothing * (normalizer - sumOfLanes(scores) / <f64>v.c);
    store<f64>(doubleAt(partial, n), loss);
  }
}

/** Units are images. dx = (softmax - target distribution) / batch, times the loss's own gradient where there is one. */
export function crossEntropyGradInput(
  dx: usize,
  logits: usize,
  targets: usize,
  grad: usize,
  constants: usize,
  begin: i32,
  end: i32,
): void {
  const o = view(dx), v = view(logits), k = changetype<Smoothing>(constants);
  const factor = grad ? k.share * load<f32>(grad) : k.share;
  const uniform = f32x4.splat(k.smoothing / <f32>v.c);
  for (let n = begin; n < end; ++n) {
    const p = v.data + n * v.image, q = o.data + n * o.image;
    const top = largest(v, p);
    let powers = f64x2.splat(0);
    for (let c = 0; c < v.blocks * LANES; c += 4) {
      const e = v128.and(expCalled(f32x4.sub(v128.load(scoresAt(v, p, c)), top)), laneMask(v.c - c, 0));
      v128.store(scoresAt(o, q, c), e);
      powers = f64x2.add(powers, f64x2.promote_low_f32x4(e));
      powers = f64x2.add(powers, f64x2.promote_low_f32x4(i64x2.shuffle(e, e, 1, 0)));
    }
    const norm = f32x4.splat(<f32>(1 / sumOfLanes(powers)));
    const scale = f32x4.splat(factor);
    for (let c = 0; c < v.c; c += 4) {
      const to = scoresAt(o, q, c);
      const d = f32x4.sub(f32x4.mul(v128.load(to), norm), v128.and(uniform, laneMask(v.c - c, 0)));
      v128.store(to, f32x4.mul(d, scale));
    }
    const target = <i32>load<f32>(at(targets, n));
    const hit = scoresAt(o, q, target & ~3) + (target & 3) * 4;
    store<f32>(hit, load<f32>(hit) - (1 - k.smoothing) * factor);
  }
}
