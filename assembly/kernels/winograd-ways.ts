// The transforms of Winograd's ways, of one dimension: numbers `step` bytes apart at p become numbers `qStep` bytes apart at q. A
// way is a class, and its number that of TILED_WAYS in src/ops/algorithm.ts.

import { madd, nmadd } from "../lib/simd";

export const FOUR: i32 = 0, TWO: i32 = 1, WIDE: i32 = 2, DOWN: i32 = 3, LINE: i32 = 4;

/** 3 to 5 weights, of which `taps` is the literal number, become 6, in doubles, with -1/2, -1/3 and sqrt 2. */
// @ts-ignore: decorator
@inline
function sixWeights(
  taps: i32, q: usize, qStep: usize, p: usize, step: usize, half: v128, third: v128, root: v128,
): void {
  const g0 = v128.load(p), g1 = v128.load(p + step), g2 = v128.load(p + 2 * step);
  let even = f64x2.add(f64x2.add(g0, g0), g2), odd = g1, last = g2;
  let evenFar = f64x2.add(g0, f64x2.add(g2, g2)), oddFar = g1;
  if (taps > 3) {
    const g3 = v128.load(p + 3 * step);
    odd = f64x2.sub(g1, f64x2.mul(half, g3));
    oddFar = f64x2.add(g1, f64x2.add(g3, g3));
    last = g3;
  }
  if (taps > 4) {
    const g4 = v128.load(p + 4 * step), twice = f64x2.add(g4, g4);
    even = f64x2.sub(even, f64x2.mul(half, g4));
    evenFar = f64x2.add(evenFar, f64x2.add(twice, twice));
    last = g4;
  }
  const sixth = f64x2.mul(half, third), a = f64x2.mul(third, even), c = f64x2.mul(sixth, evenFar);
  const b = f64x2.mul(third, f64x2.mul(root, odd));
  const d = taps > 3 ? f64x2.mul(sixth, f64x2.mul(root, oddFar)) : f64x2.mul(half, b);
  v128.store(q, g0);
  v128.store(q + qStep, f64x2.add(a, b));
  v128.store(q + 2 * qStep, f64x2.sub(a, b));
  v128.store(q + 3 * qStep, f64x2.add(c, d));
  v128.store(q + 4 * qStep, f64x2.sub(c, d));
  v128.store(q + 5 * qStep, last);
}

/** 6 sums become `count` outputs, a literal from 2 to 4. */
// @ts-ignore: decorator
@inline
function outputsOfSix(
  count: i32, q: usize, qStep: usize, p: usize, step: usize, quarter: v128, half: v128, root: v128,
): void {
  const x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step);
  const x3 = v128.load(p + 3 * step), x4 = v128.load(p + 4 * step), x5 = v128.load(p + 5 * step);
  const a = f32x4.add(x1, x2), b = f32x4.sub(x1, x2), c = f32x4.add(x3, x4), d = f32x4.sub(x3, x4);
  v128.store(q, f32x4.add(x0, f32x4.add(a, c)));
  const y1 = madd(d, half, b);
  v128.store(q + qStep, count == 2 ? madd(x5, root, y1) : f32x4.mul(root, y1));
  if (count > 2) {
    const y2 = madd(f32x4.add(c, c), half, a);
    v128.store(q + 2 * qStep, count == 3 ? f32x4.add(x5, y2) : y2);
  }
  if (count > 3) v128.store(q + 3 * qStep, madd(x5, root, madd(f32x4.add(d, d), quarter, b)));
}

/** 4 outputs of 3 taps. */
// @ts-ignore: decorator
@unmanaged @final
export class Four {
  // @ts-ignore: decorator
  @inline size(): i32 { return 4; }
  // @ts-ignore: decorator
  @inline taps(): i32 { return 3; }
  // @ts-ignore: decorator
  @inline points(): i32 { return 6; }

  // @ts-ignore: decorator
  @inline weight(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, third: v128, root: v128,
  ): void {
    sixWeights(3, q, qStep, p, step, half, third, root);
  }

  /** 6 inputs become 6. */
  // @ts-ignore: decorator
  @inline input(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, two: v128, most: v128, root: v128,
  ): void {
    const x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step);
    const x3 = v128.load(p + 3 * step), x4 = v128.load(p + 4 * step), x5 = v128.load(p + 5 * step);
    v128.store(q, f32x4.add(nmadd(x0, most, x2), x4));
    const a = nmadd(x4, two, x2), b = nmadd(x1, half, x3);
    v128.store(q + qStep, nmadd(a, root, b));
    v128.store(q + 2 * qStep, madd(a, root, b));
    const c = nmadd(x4, half, x2), d = nmadd(x3, half, x1);
    v128.store(q + 3 * qStep, madd(c, root, d));
    v128.store(q + 4 * qStep, nmadd(c, root, d));
    v128.store(q + 5 * qStep, f32x4.add(nmadd(x1, most, x3), x5));
  }

  // @ts-ignore: decorator
  @inline output(
    q: usize, qStep: usize, p: usize, step: usize, quarter: v128, half: v128, root: v128,
  ): void {
    outputsOfSix(4, q, qStep, p, step, quarter, half, root);
  }
}

/** 2 outputs of 3 taps. */
// @ts-ignore: decorator
@unmanaged @final
export class Two {
  // @ts-ignore: decorator
  @inline size(): i32 { return 2; }
  // @ts-ignore: decorator
  @inline taps(): i32 { return 3; }
  // @ts-ignore: decorator
  @inline points(): i32 { return 4; }

  /** 3 weights become 4, in doubles, with -1/2. */
  // @ts-ignore: decorator
  @inline weight(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, third: v128, root: v128,
  ): void {
    const g0 = v128.load(p), g1 = v128.load(p + step), g2 = v128.load(p + 2 * step);
    const a = f64x2.mul(half, f64x2.add(g0, g2)), b = f64x2.mul(half, g1);
    v128.store(q, g0);
    v128.store(q + qStep, f64x2.neg(f64x2.add(a, b)));
    v128.store(q + 2 * qStep, f64x2.sub(b, a));
    v128.store(q + 3 * qStep, g2);
  }

  /** 4 inputs become 4. */
  // @ts-ignore: decorator
  @inline input(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, two: v128, most: v128, root: v128,
  ): void {
    const x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step), x3 = v128.load(p + 3 * step);
    v128.store(q, f32x4.sub(x0, x2));
    v128.store(q + qStep, f32x4.add(x1, x2));
    v128.store(q + 2 * qStep, f32x4.sub(x2, x1));
    v128.store(q + 3 * qStep, f32x4.sub(x3, x1));
  }

  /** 4 sums become 2 outputs. */
  // @ts-ignore: decorator
  @inline output(
    q: usize, qStep: usize, p: usize, step: usize, quarter: v128, half: v128, root: v128,
  ): void {
    const x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step), x3 = v128.load(p + 3 * step);
    v128.store(q, f32x4.add(x0, f32x4.add(x1, x2)));
    v128.store(q + qStep, f32x4.add(f32x4.sub(x1, x2), x3));
  }
}

/** 2 outputs of 5 taps, at the points of Four, whose transform of inputs it shares. */
// @ts-ignore: decorator
@unmanaged @final
export class Wide {
  // @ts-ignore: decorator
  @inline size(): i32 { return 2; }
  // @ts-ignore: decorator
  @inline taps(): i32 { return 5; }
  // @ts-ignore: decorator
  @inline points(): i32 { return 6; }

  // @ts-ignore: decorator
  @inline weight(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, third: v128, root: v128,
  ): void {
    sixWeights(5, q, qStep, p, step, half, third, root);
  }

  // @ts-ignore: decorator
  @inline output(
    q: usize, qStep: usize, p: usize, step: usize, quarter: v128, half: v128, root: v128,
  ): void {
    outputsOfSix(2, q, qStep, p, step, quarter, half, root);
  }
}

/** 2 outputs of 3 taps at stride 2: of the even inputs, which two taps see, at the points 0, 1 and infinity; of the odd ones as it is. */
// @ts-ignore: decorator
@unmanaged @final
export class Down {
  // @ts-ignore: decorator
  @inline size(): i32 { return 2; }
  // @ts-ignore: decorator
  @inline taps(): i32 { return 3; }
  // @ts-ignore: decorator
  @inline points(): i32 { return 5; }

  /** 3 weights become 5. */
  // @ts-ignore: decorator
  @inline weight(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, third: v128, root: v128,
  ): void {
    const g0 = v128.load(p), g1 = v128.load(p + step), g2 = v128.load(p + 2 * step);
    v128.store(q, g0);
    v128.store(q + qStep, f64x2.add(g0, g2));
    v128.store(q + 2 * qStep, g2);
    v128.store(q + 3 * qStep, g1);
    v128.store(q + 4 * qStep, g1);
  }

  /** 5 inputs become 5. */
  // @ts-ignore: decorator
  @inline input(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, two: v128, most: v128, root: v128,
  ): void {
    const x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step);
    const x3 = v128.load(p + 3 * step), x4 = v128.load(p + 4 * step);
    v128.store(q, f32x4.sub(x0, x2));
    v128.store(q + qStep, x2);
    v128.store(q + 2 * qStep, f32x4.sub(x2, x4));
    v128.store(q + 3 * qStep, x1);
    v128.store(q + 4 * qStep, x3);
  }

  /** 5 sums become 2 outputs. */
  // @ts-ignore: decorator
  @inline output(
    q: usize, qStep: usize, p: usize, step: usize, quarter: v128, half: v128, root: v128,
  ): void {
    const x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step);
    v128.store(q, f32x4.add(f32x4.add(x0, x1), v128.load(p + 3 * step)));
    v128.store(q + qStep, f32x4.add(f32x4.sub(x1, x2), v128.load(p + 4 * step)));
  }
}

/** 3 outputs of 4 taps down a single column, at the points of Four, whose transform of inputs it shares. */
// @ts-ignore: decorator
@unmanaged @final
export class Line {
  // @ts-ignore: decorator
  @inline size(): i32 { return 3; }
  // @ts-ignore: decorator
  @inline taps(): i32 { return 4; }
  // @ts-ignore: decorator
  @inline points(): i32 { return 6; }

  // @ts-ignore: decorator
  @inline weight(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, third: v128, root: v128,
  ): void {
    sixWeights(4, q, qStep, p, step, half, third, root);
  }

  // @ts-ignore: decorator
  @inline output(
    q: usize, qStep: usize, p: usize, step: usize, quarter: v128, half: v128, root: v128,
  ): void {
    outputsOfSix(3, q, qStep, p, step, quarter, half, root);
  }
}
