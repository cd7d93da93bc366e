// The weights of Winograd's ways, transformed in doubles.

import { at } from "../lib/simd";
import { BLOCK_BYTES, LANES } from "../lib/view";
import { packBlocks, Packing } from "./pack";
import { panelsOfHalf, Tiling } from "./winograd";
import { DOWN, Down, FOUR, Four, LINE, Line, TWO, Two, WIDE, Wide } from "./winograd-ways";

export const ROOT: f64 = 1.4142135623730951;
/** 8 doubles. */
export const WIDE_BYTES: i32 = 64;

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

/** What an output channel's weights are multiplied by: nothing is left of those past the last channel. */
// @ts-ignore: decorator
@inline
function factorOf(scale: usize, k: i32, outs: i32): f64 {
  if (k >= outs) return 0;
  return scale ? load<f32>(at(scale, k)) : 1;
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
