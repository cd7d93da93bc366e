// Convolutions with fewer multiplications: of m x m outputs at a time, as sums over channels of products of transformed inputs and
// weights, n x n of them (Lavin, Gray, "Fast algorithms for convolutional neural networks", 2015). For n = 6 the points are 0,
// +-1/sqrt 2, +-sqrt 2 and infinity, which err half as much as 0, +-1, +-2. How windows and tiles go together is a class below.

import { at, clamp, madd, nmadd } from "../lib/simd";
import { BLOCK_BYTES, laneMask, LANES, View, view } from "../lib/view";
import { Contraction, ROWS, rows } from "./contract";
import { packBlocks, Packing } from "./pack";

export const ROOT: f64 = 1.4142135623730951;

// @ts-ignore: decorator
@unmanaged
export class Tiling {
  /** Tiles down and across an image, and of all images. */
  down: i32; across: i32; tiles: i32;
  /** The class of the transforms, by its number in `ways` of src/ops/winograd.ts. */
  way: i32;
  /** Outputs of a tile down and across, its inputs, and inputs from a tile to the next. */
  outH: i32; outW: i32; inH: i32; inW: i32; stepH: i32; stepW: i32;
  /** Products for each pair of channels, and runs of taps that count as channels of their own. */
  points: i32; parts: i32;
  /** Tiles of a group, and panels of 8 output channels of a run: what makes a unit of work. */
  group: i32; run: i32;
  /** Whether weights are read from both halves of a run at a time. */
  halves: i32;
  /** Bytes from the inputs transformed for one point to those for the next. */
  point: i32;
  /** Where they begin in the scratch memory of a thread that transforms them itself: behind the sums of a run. */
  inputs: i32;
  low: f32; high: f32;
  /** 1/4, 1/2, 2, 5/2 and sqrt 2: what is loaded stays in a register, where V8 makes a literal anew at each use. */
  quarter: f32; half: f32; two: f32; most: f32; root: f32;
}

export const FOUR: i32 = 0;
const TWO: i32 = 1, WIDE: i32 = 2, DOWN: i32 = 3, LINE: i32 = 4;

/**
 * 4 outputs of 3 taps. The transforms are those of one dimension: numbers `step` bytes apart at p become numbers `qStep` bytes
 * apart at q.
 */
// @ts-ignore: decorator
@unmanaged @final
export class Four {
  // @ts-ignore: decorator
  @inline size(): i32 { return 4; }
  // @ts-ignore: decorator
  @inline taps(): i32 { return 3; }
  // @ts-ignore: decorator
  @inline points(): i32 { return 6; }

  /** 3 weights become 6, in doubles, with -1/2, -1/3 and sqrt 2. */
  // @ts-ignore: decorator
  @inline weight(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, third: v128, root: v128,
  ): void {
    const g0 = v128.load(p), g1 = v128.load(p + step), g2 = v128.load(p + 2 * step);
    const a = f64x2.mul(third, f64x2.add(f64x2.add(g0, g0), g2));
    const b = f64x2.mul(third, f64x2.mul(root, g1));
    const c = f64x2.mul(f64x2.mul(half, third), f64x2.add(g0, f64x2.add(g2, g2)));
    const d = f64x2.mul(half, b);
    v128.store(q, g0);
    v128.store(q + qStep, f64x2.add(a, b));
    v128.store(q + 2 * qStep, f64x2.sub(a, b));
    v128.store(q + 3 * qStep, f64x2.add(c, d));
    v128.store(q + 4 * qStep, f64x2.sub(c, d));
    v128.store(q + 5 * qStep, g2);
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

  /** 6 sums become 4 outputs. */
  // @ts-ignore: decorator
  @inline output(
    q: usize, qStep: usize, p: usize, step: usize, quarter: v128, half: v128, root: v128,
  ): void {
    const x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step);
    const x3 = v128.load(p + 3 * step), x4 = v128.load(p + 4 * step), x5 = v128.load(p + 5 * step);
    const a = f32x4.add(x1, x2), b = f32x4.sub(x1, x2), c = f32x4.add(x3, x4), d = f32x4.sub(x3, x4);
    v128.store(q, f32x4.add(x0, f32x4.add(a, c)));
    v128.store(q + qStep, f32x4.mul(root, madd(d, half, b)));
    v128.store(q + 2 * qStep, madd(f32x4.add(c, c), half, a));
    v128.store(q + 3 * qStep, madd(x5, root, madd(f32x4.add(d, d), quarter, b)));
  }
}

/** 2 outputs of 3 taps. */
// @ts-ignore: decorator
@unmanaged @final
class Two {
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
class Wide {
  // @ts-ignore: decorator
  @inline size(): i32 { return 2; }
  // @ts-ignore: decorator
  @inline taps(): i32 { return 5; }
  // @ts-ignore: decorator
  @inline points(): i32 { return 6; }

  /** 5 weights become 6, in doubles, with -1/2, -1/3 and sqrt 2. */
  // @ts-ignore: decorator
  @inline weight(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, third: v128, root: v128,
  ): void {
    const g0 = v128.load(p), g1 = v128.load(p + step), g2 = v128.load(p + 2 * step);
    const g3 = v128.load(p + 3 * step), g4 = v128.load(p + 4 * step);
    const a = f64x2.mul(third, f64x2.sub(f64x2.add(f64x2.add(g0, g0), g2), f64x2.mul(half, g4)));
    const b = f64x2.mul(third, f64x2.mul(root, f64x2.sub(g1, f64x2.mul(half, g3))));
    const twice = f64x2.add(g4, g4);
    const c = f64x2.mul(f64x2.mul(half, third), f64x2.add(g0, f64x2.add(f64x2.add(g2, g2), f64x2.add(twice, twice))));
    const d = f64x2.mul(f64x2.mul(half, third), f64x2.mul(root, f64x2.add(g1, f64x2.add(g3, g3))));
    v128.store(q, g0);
    v128.store(q + qStep, f64x2.add(a, b));
    v128.store(q + 2 * qStep, f64x2.sub(a, b));
    v128.store(q + 3 * qStep, f64x2.add(c, d));
    v128.store(q + 4 * qStep, f64x2.sub(c, d));
    v128.store(q + 5 * qStep, g4);
  }

  /** 6 sums become 2 outputs. */
  // @ts-ignore: decorator
  @inline output(
    q: usize, qStep: usize, p: usize, step: usize, quarter: v128, half: v128, root: v128,
  ): void {
    const x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step);
    const x3 = v128.load(p + 3 * step), x4 = v128.load(p + 4 * step), x5 = v128.load(p + 5 * step);
    const a = f32x4.add(x1, x2), b = f32x4.sub(x1, x2), c = f32x4.add(x3, x4), d = f32x4.sub(x3, x4);
    v128.store(q, f32x4.add(x0, f32x4.add(a, c)));
    v128.store(q + qStep, madd(x5, root, madd(d, half, b)));
  }
}

/** 2 outputs of 3 taps at stride 2: of the even inputs, which two taps see, at the points 0, 1 and infinity; of the odd ones as it is. */
// @ts-ignore: decorator
@unmanaged @final
class Down {
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
  @inline taps(): i32 { return 4; }

  /** 4 weights become 6, in doubles, with -1/2, -1/3 and sqrt 2. */
  // @ts-ignore: decorator
  @inline weight(
    q: usize, qStep: usize, p: usize, step: usize, half: v128, third: v128, root: v128,
  ): void {
    const g0 = v128.load(p), g1 = v128.load(p + step), g2 = v128.load(p + 2 * step), g3 = v128.load(p + 3 * step);
    const a = f64x2.mul(third, f64x2.add(f64x2.add(g0, g0), g2));
    const b = f64x2.mul(third, f64x2.mul(root, f64x2.sub(g1, f64x2.mul(half, g3))));
    const c = f64x2.mul(f64x2.mul(half, third), f64x2.add(g0, f64x2.add(g2, g2)));
    const d = f64x2.mul(f64x2.mul(half, third), f64x2.mul(root, f64x2.add(g1, f64x2.add(g3, g3))));
    v128.store(q, g0);
    v128.store(q + qStep, f64x2.add(a, b));
    v128.store(q + 2 * qStep, f64x2.sub(a, b));
    v128.store(q + 3 * qStep, f64x2.add(c, d));
    v128.store(q + 4 * qStep, f64x2.sub(c, d));
    v128.store(q + 5 * qStep, g3);
  }

  /** 6 sums become 3 outputs. */
  // @ts-ignore: decorator
  @inline output(
    q: usize, qStep: usize, p: usize, step: usize, quarter: v128, half: v128, root: v128,
  ): void {
    const x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step);
    const x3 = v128.load(p + 3 * step), x4 = v128.load(p + 4 * step), x5 = v128.load(p + 5 * step);
    const a = f32x4.add(x1, x2), b = f32x4.sub(x1, x2), c = f32x4.add(x3, x4), d = f32x4.sub(x3, x4);
    v128.store(q, f32x4.add(x0, f32x4.add(a, c)));
    v128.store(q + qStep, f32x4.mul(root, madd(d, half, b)));
    v128.store(q + 2 * qStep, f32x4.add(x5, madd(f32x4.add(c, c), half, a)));
  }
}

/** A tile of weights, [r][r][8] doubles, transformed: [n][n][8], which are `step` bytes apart. The numbers are parameters as in Tiling. */
function weightTile<F>(q: usize, step: usize, taps: usize, between: usize, half: v128, third: v128, root: v128): void {
  const f = changetype<F>(0), n = f.points(), line = f.taps() * WIDE_BYTES;
  // Both dimensions by the same instructions.
  let times = 1, count = line, to = between, toStep: usize = line, from = taps, fromStep: usize = line;
  for (let pass = 0; pass < 2; ++pass) {
    for (; times > 0; --times, to += n * step, from += line) {
      for (let x = 0; x < count; x += 16) f.weight(to + x, toStep, from + x, fromStep, half, third, root);
    }
    times = n;
    count = WIDE_BYTES;
    to = q;
    toStep = step;
    from = between;
    fromStep = WIDE_BYTES;
  }
}

/** A tile of inputs, of rows `row` bytes apart, transformed: points `step` bytes apart. */
function inputTile<F>(q: usize, step: usize, p: usize, row: usize, t: Tiling, between: usize): void {
  const f = changetype<F>(0), n = f.points(), line = n * BLOCK_BYTES;
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const two = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("two"));
  const most = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("most"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("root"));
  for (let x = 0; x < line; x += 16) f.input(between + x, line, p + x, row, half, two, most, root);
  for (let y = 0; y < n; ++y, q += n * step, between += line) {
    for (let x = 0; x < BLOCK_BYTES; x += 16) f.input(q + x, step, between + x, BLOCK_BYTES, half, two, most, root);
  }
}

/** A tile of a column, for each of the runs of taps, which are `part` bytes apart. */
function lineInput(q: usize, step: usize, p: usize, row: usize, t: Tiling, part: usize): void {
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const two = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("two"));
  const most = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("most"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("root"));
  for (let i = t.parts; i > 0; --i, q += part, p += changetype<Line>(0).taps() * row) {
    for (let x = 0; x < BLOCK_BYTES; x += 16) changetype<Four>(0).input(q + x, step, p + x, row, half, two, most, root);
  }
}

/** A tile of outputs of a column, or of a row, without the epilogue, [m][8], from the sums of a panel, [6][8]. */
export function columnOutput<F>(q: usize, p: usize, t: Tiling): void {
  const quarter = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("quarter"));
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("root"));
  for (let x = 0; x < BLOCK_BYTES; x += 16) {
    changetype<F>(0).output(q + x, BLOCK_BYTES, p + x, BLOCK_BYTES, quarter, half, root);
  }
}

/** A tile of outputs without the epilogue, [m][m][8], from the sums of a panel, [n][n][8]. */
function outputTile<F>(q: usize, p: usize, t: Tiling, between: usize): void {
  const f = changetype<F>(0), m = f.size(), line = f.points() * BLOCK_BYTES;
  const quarter = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("quarter"));
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("root"));
  for (let x = 0; x < line; x += 16) f.output(between + x, line, p + x, line, quarter, half, root);
  for (let y = 0; y < m; ++y, q += m * BLOCK_BYTES, between += line) {
    for (let x = 0; x < BLOCK_BYTES; x += 16) f.output(q + x, BLOCK_BYTES, between + x, BLOCK_BYTES, quarter, half, root);
  }
}

/** What an output channel's weights are multiplied by: nothing is left of those past the last channel. */
// @ts-ignore: decorator
@inline
function factorOf(scale: usize, k: i32, outs: i32): f64 {
  if (k >= outs) return 0;
  return scale ? load<f32>(at(scale, k)) : 1;
}

/** Of the first half of a run: of all of it where it is read as one. */
// @ts-ignore: decorator
@inline
function panelsOfHalf(t: Tiling, panels: i32): i32 {
  return t.halves && panels % 2 == 0 ? panels / 2 : panels;
}

/** Units are panels. out: [runs][halves][points][panels of the half][parts][channels][8], in the order in which they are read. */
export function winogradWeights(
  out: usize, weight: usize, scale: usize, packing: usize, tiling: usize, scratch: usize, begin: i32, end: i32,
): void {
  const g = changetype<Packing>(packing), t = changetype<Tiling>(tiling);
  const panels = (g.outs + LANES - 1) / LANES, bytes = t.parts * g.blocks * LANES * BLOCK_BYTES;
  for (let panel = begin; panel < end; ++panel) {
    let first = panel - panel % t.run;
    const count = panelsOfHalf(t, min(t.run, panels - first));
    if (panel >= first + count) first += count;
    const q = out + (first * t.points + panel - first) * bytes;
    for (let part = 0; part < t.parts; ++part) {
      panelWeights(q + part * g.blocks * LANES * BLOCK_BYTES, count * bytes, weight, scale, g, t, panel, part, scratch);
    }
  }
}

/** 8 doubles. */
export const WIDE_BYTES: i32 = 64;

/** 8 floats become doubles times the factors of their output channels. */
// @ts-ignore: decorator
@inline
export function widen(q: usize, p: usize, f0: v128, f1: v128, f2: v128, f3: v128): void {
  const a = v128.load64_zero(p), b = v128.load64_zero(p, 8), c = v128.load64_zero(p, 16), d = v128.load64_zero(p, 24);
  v128.store(q, f64x2.mul(f64x2.promote_low_f32x4(a), f0));
  v128.store(q, f64x2.mul(f64x2.promote_low_f32x4(b), f1), 16);
  v128.store(q, f64x2.mul(f64x2.promote_low_f32x4(c), f2), 32);
  v128.store(q, f64x2.mul(f64x2.promote_low_f32x4(d), f3), 48);
}

/** 8 doubles become floats. */
// @ts-ignore: decorator
@inline
export function narrow(q: usize, p: usize): void {
  v128.store64_lane(q, f32x4.demote_f64x2_zero(v128.load(p)), 0);
  v128.store64_lane(q, f32x4.demote_f64x2_zero(v128.load(p, 16)), 0, 8);
  v128.store64_lane(q, f32x4.demote_f64x2_zero(v128.load(p, 32)), 0, 16);
  v128.store64_lane(q, f32x4.demote_f64x2_zero(v128.load(p, 48)), 0, 24);
}

/** What two output channels' weights are multiplied by. */
// @ts-ignore: decorator
@inline
export function factors(scale: usize, k: i32, outs: i32): v128 {
  return f64x2.replace_lane(f64x2.splat(factorOf(scale, k, outs)), 1, factorOf(scale, k + 1, outs));
}

/** A panel's weights; `step`: from one point's to the next's. */
function panelWeights(
  out: usize, step: usize, weight: usize, scale: usize, g: Packing, t: Tiling, panel: i32, part: i32, scratch: usize,
): void {
  const way = t.way, taps = scratch, between = taps + 25 * WIDE_BYTES, done = between + 30 * WIDE_BYTES;
  const point = LANES * WIDE_BYTES, packed = done + t.points * point;
  // A run of taps has as many as the transform takes: past the last there are zeros.
  const count = way == LINE ? changetype<Line>(0).taps() : g.kh * g.kw, all = g.kh * g.kw;
  const half = f64x2.splat(-0.5), third = f64x2.splat(-1.0 / 3), root = f64x2.splat(ROOT);
  const k = panel * LANES;
  const f0 = factors(scale, k, g.outs), f1 = factors(scale, k + 2, g.outs);
  const f2 = factors(scale, k + 4, g.outs), f3 = factors(scale, k + 6, g.outs);
  for (let b = 0; b < g.blocks; ++b, out += LANES * BLOCK_BYTES) {
    packBlocks(packed, weight, 0, g, panel, b, b + 1, false);
    // First into the scratch memory: there the points lie close together.
    for (let c = 0, q = done, from = packed; c < LANES; ++c, q += WIDE_BYTES, from += BLOCK_BYTES) {
      for (let i = 0, tap = part * count, to = taps; i < count; ++i, ++tap, to += WIDE_BYTES) {
        if (tap < all) widen(to, from + tap * LANES * BLOCK_BYTES, f0, f1, f2, f3);
        else memory.fill(to, 0, WIDE_BYTES);
      }
      if (way == FOUR) weightTile<Four>(q, point, taps, between, half, third, root);
      else if (way == TWO) weightTile<Two>(q, point, taps, between, half, third, root);
      else if (way == WIDE) weightTile<Wide>(q, point, taps, between, half, third, root);
      else if (way == DOWN) weightTile<Down>(q, point, taps, between, half, third, root);
      else {
        for (let x = 0; x < WIDE_BYTES; x += 16) {
          changetype<Line>(0).weight(q + x, point, taps + x, WIDE_BYTES, half, third, root);
        }
      }
    }
    for (let e = 0, q = out, p = done; e < t.points; ++e, q += step) {
      for (let i = 0; i < LANES * BLOCK_BYTES; i += BLOCK_BYTES, p += WIDE_BYTES) narrow(q + i, p);
    }
  }
}

/** Scratch memory of the passes: two tiles of 6 x 6 pixels. */
export const WORK_BYTES: i32 = 2 * 36 * BLOCK_BYTES;

/** The address of a pixel of whole blocks. */
// @ts-ignore: decorator
@inline
export function place(v: View, image: i32, block: i32, y: i32, x: i32): usize {
  return v.data + image * v.image + block * v.block + y * v.row + x * v.pixel;
}

/** x's part of a tile into a tile of its own, with zeros where it hangs over. */
export function copyTile(q: usize, p: usize, x: View, high: i32, wide: i32, h: i32, w: i32): void {
  for (let y = 0; y < high; ++y) {
    for (let i = 0; i < wide; ++i, q += BLOCK_BYTES) {
      const inside = y < h && i < w;
      const from = p + y * x.row + i * x.pixel;
      v128.store(q, inside ? v128.load(from) : f32x4.splat(0));
      v128.store(q, inside ? v128.load(from, 16) : f32x4.splat(0), 16);
    }
  }
}

/** Tiles whose inputs are transformed block by block: neighbours in a row of tiles are neighbours in memory. */
const CHUNK: i32 = 8;

/** The inputs of the tiles from `first` on, transformed: [points][tiles][parts][channels]. */
export function transformInputs(v: usize, x: View, t: Tiling, first: i32, count: i32, scratch: usize): void {
  const way = t.way, high = t.inH, wide = t.inW;
  const tile = scratch + WORK_BYTES / 2, channels = x.blocks * BLOCK_BYTES;
  for (let i = 0; i < count; i += CHUNK) {
    for (let b = 0; b < x.blocks; ++b) {
      const row = (first + i) / t.across;
      let image = row / t.down, y = row - image * t.down, left = first + i - row * t.across;
      for (let k = i, last = min(i + CHUNK, count); k < last; ++k) {
        const h = x.h - y * t.stepH, w = x.w - left * t.stepW;
        let from = place(x, image, b, y * t.stepH, left * t.stepW), step = x.row;
        if (h < high || w < wide) {
          copyTile(tile, from, x, high, wide, h, w);
          from = tile;
          step = wide * BLOCK_BYTES;
        }
        const q = v + k * t.parts * channels + b * BLOCK_BYTES;
        if (way == LINE) lineInput(q, t.point, from, step, t, channels);
        else if (way == TWO) inputTile<Two>(q, t.point, from, step, t, scratch);
        else if (way == DOWN) inputTile<Down>(q, t.point, from, step, t, scratch);
        else inputTile<Four>(q, t.point, from, step, t, scratch);
        if (++left == t.across) {
          left = 0;
          if (++y == t.down) {
            y = 0;
            ++image;
          }
        }
      }
    }
  }
}

/** Writes a tile of outputs, as far as it does not hang over. */
export function finish(
  o: View, tile: usize, bias: usize, residual: usize, t: Tiling, i: i32, panel: i32,
): void {
  const row = i / t.across, image = row / t.down;
  const y = (row - image * t.down) * t.outH, x = (i - row * t.across) * t.outW;
  const h = min(t.outH, o.h - y), w = min(t.outW, o.w - x) * BLOCK_BYTES;
  const lanes = o.c - panel * LANES, mask0 = laneMask(lanes, 0), mask1 = laneMask(lanes, 4);
  const low = f32x4.splat(t.low), high = f32x4.splat(t.high);
  let bias0 = f32x4.splat(0), bias1 = bias0;
  if (bias) {
    bias0 = v128.load(bias + panel * BLOCK_BYTES);
    bias1 = v128.load(bias + panel * BLOCK_BYTES, 16);
  }
  let q = place(o, image, panel, y, x), r: usize = 0, rRow = 0;
  if (residual) {
    const v = view(residual);
    r = place(v, image, panel, y, x);
    rRow = v.row;
  }
  for (let y = 0; y < h; ++y, q += o.row, r += rRow, tile += t.outW * BLOCK_BYTES) {
    for (let x = 0; x < w; x += BLOCK_BYTES) {
      let s0 = f32x4.add(v128.load(tile + x), bias0), s1 = f32x4.add(v128.load(tile + x, 16), bias1);
      if (residual) {
        s0 = f32x4.add(s0, v128.load(r + x));
        s1 = f32x4.add(s1, v128.load(r + x, 16));
      }
      v128.store(q + x, v128.and(clamp(s0, low, high), mask0));
      v128.store(q + x, v128.and(clamp(s1, low, high), mask1), 16);
    }
  }
}

/**
 * The sums over channels of two tiles by two panels, whose weights at b and `far` are two streams from memory: a core reads more
 * at a time from two.
 */
function pair(c: usize, cm: usize, cFar: usize, a: usize, am: usize, b: usize, far: usize, channels: i32): void {
  let c00 = f32x4.splat(0), c01 = c00, c02 = c00, c03 = c00, c10 = c00, c11 = c00, c12 = c00, c13 = c00;
  for (let i = channels; i > 0; --i) {
    const w0 = v128.load(b), w1 = v128.load(b, 16), w2 = v128.load(far), w3 = v128.load(far, 16);
    let x = v128.load32_splat(a);
    c00 = madd(c00, x, w0);
    c01 = madd(c01, x, w1);
    c02 = madd(c02, x, w2);
    c03 = madd(c03, x, w3);
    x = v128.load32_splat(a + am);
    c10 = madd(c10, x, w0);
    c11 = madd(c11, x, w1);
    c12 = madd(c12, x, w2);
    c13 = madd(c13, x, w3);
    a += 4;
    b += BLOCK_BYTES;
    far += BLOCK_BYTES;
  }
  const q = c + cFar;
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + cm, c10);
  v128.store(c + cm, c11, 16);
  v128.store(q, c02);
  v128.store(q, c03, 16);
  v128.store(q + cm, c12);
  v128.store(q + cm, c13, 16);
}

/**
 * out = clamp(the sums + bias + residual, low, high). v: the transformed inputs, and units are groups of tiles x runs of panels,
 * the last fastest; or 0 where x, from which each group's are made, is given instead, and units are groups. `product`: the loops
 * of a sum over channels.
 */
function multiply(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize,
  scratch: usize, begin: i32, end: i32,
): void {
  const o = view(out), t = changetype<Tiling>(tiling), g = changetype<Contraction>(product);
  const way = t.way, points = t.points, channels = g.n3 << 2;
  const panelBytes = channels * LANES, sumBytes = t.group * points * BLOCK_BYTES;
  const runs = (o.blocks + t.run - 1) / t.run;
  const tile = scratch + WORK_BYTES / 2, sums = scratch + WORK_BYTES;
  if (x) {
    begin *= runs;
    end *= runs;
  }
  for (let unit = begin; unit < end; ++unit) {
    const group = unit / runs, panel = (unit - group * runs) * t.run, panels = min(t.run, o.blocks - panel);
    const first = group * t.group, count = min(t.group, t.tiles - first);
    let a = v + first * channels;
    if (x) {
      a = scratch + t.inputs;
      if (panel == 0) transformInputs(a, view(x), t, first, count, scratch);
    }
    const half = panelsOfHalf(t, panels), pairs = panels - half, paired = pairs > 0 && count > 1 ? 2 : 0;
    let b = weights + panel * points * panelBytes, far = b + half * points * panelBytes, c = sums;
    for (let e = 0; e < points; ++e, a += t.point, c += BLOCK_BYTES) {
      if (paired) {
        for (let i = 0, q = c; i < pairs; ++i, q += sumBytes) {
          pair(q, g.cm, half * sumBytes, a, g.am, b + i * panelBytes, far + i * panelBytes, g.n3);
        }
      }
      // As many tiles as the microkernel takes at once go through all panels: their weights are one long stream from memory.
      for (let left = count - paired, turns = (left + ROWS - 1) / ROWS; turns > 0; --turns) {
        const some = (left + turns - 1) / turns, from = count - left, p = a + from * g.am;
        let q = c + from * g.cm;
        for (let i = 0; i < half; ++i, q += sumBytes) rows(some, q, p, b + i * panelBytes, 0, 0, g.w, g);
        for (let i = 0; i < pairs; ++i, q += sumBytes) rows(some, q, p, far + i * panelBytes, 0, 0, g.w, g);
        left -= some;
      }
      b += half * panelBytes;
      far += half * panelBytes;
    }
    for (let i = 0; i < panels; ++i) {
      for (let k = 0, p = sums + i * sumBytes; k < count; ++k, p += points * BLOCK_BYTES) {
        if (way == FOUR) outputTile<Four>(tile, p, t, scratch);
        else if (way == TWO) outputTile<Two>(tile, p, t, scratch);
        else if (way == WIDE) outputTile<Wide>(tile, p, t, scratch);
        else if (way == DOWN) outputTile<Down>(tile, p, t, scratch);
        else columnOutput<Line>(tile, p, t);
        finish(o, tile, bias, residual, t, first + k, panel + i);
      }
    }
  }
}

/** Units are tiles. */
export function winogradInput(v: usize, x: usize, tiling: usize, scratch: usize, begin: i32, end: i32): void {
  const from = view(x), t = changetype<Tiling>(tiling);
  transformInputs(v + begin * t.parts * from.blocks * BLOCK_BYTES, from, t, begin, end - begin, scratch);
}

// One kernel under the name of each way, by which a plan says what it does.

export function winograd4(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  multiply(out, v, x, weights, bias, residual, tiling, product, scratch, begin, end);
}

export function winograd2(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  multiply(out, v, x, weights, bias, residual, tiling, product, scratch, begin, end);
}

export function winograd2of5(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  multiply(out, v, x, weights, bias, residual, tiling, product, scratch, begin, end);
}

export function winograd2at2(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  multiply(out, v, x, weights, bias, residual, tiling, product, scratch, begin, end);
}

export function winograd3of4(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  multiply(out, v, x, weights, bias, residual, tiling, product, scratch, begin, end);
}
