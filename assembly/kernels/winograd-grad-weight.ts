// The gradient of a 3x3 kernel at stride 1 with fewer multiplications: over tiles of 4x4 outputs, the transpose of what
// winograd.ts does. dg = Gt (sum over tiles of (Bt d B) (A dy At)) G, the products point by point.

import { madd, nmadd } from "../lib/simd";
import { BLOCK_BYTES, LANES, View, view } from "../lib/view";
import { Contraction, rows } from "./contract";
import { copyTile, place, Tiling, transformInputs, WORK_BYTES } from "./winograd";

const POINTS: i32 = 36;

// @ts-ignore: decorator
@unmanaged @final
class GradTiling extends Tiling {
  /** Bytes from the gradients transformed for one point to those for the next, and from one point's sums to the next's. */
  gradPoint: i32; sumPoint: i32;
  /** Bytes from the scratch memory's start to transformed gradients. */
  grads: i32;
  /** 1/3 and sqrt 2 / 3. */
  third: f32; rootThird: f32;
}

/** 4 gradients become 6: numbers `step` bytes apart at p, then `qStep` bytes apart at q. */
// @ts-ignore: decorator
@inline
function spread(q: usize, qStep: usize, p: usize, step: usize, half: v128, two: v128, root: v128, halfRoot: v128): void {
  const y0 = v128.load(p), y1 = v128.load(p + step), y2 = v128.load(p + 2 * step), y3 = v128.load(p + 3 * step);
  v128.store(q, y0);
  const a = madd(y0, half, y2), b = f32x4.mul(halfRoot, madd(y1, half, y3));
  v128.store(q + qStep, f32x4.add(a, b));
  v128.store(q + 2 * qStep, f32x4.sub(a, b));
  const c = madd(y0, two, y2), d = f32x4.mul(root, madd(y1, two, y3));
  v128.store(q + 3 * qStep, f32x4.add(c, d));
  v128.store(q + 4 * qStep, f32x4.sub(c, d));
  v128.store(q + 5 * qStep, y3);
}

/** 6 sums become 3 gradients of weights. */
// @ts-ignore: decorator
@inline
function gather(q: usize, qStep: usize, p: usize, step: usize, half: v128, two: v128, third: v128, root: v128): void {
  const x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step);
  const x3 = v128.load(p + 3 * step), x4 = v128.load(p + 4 * step), x5 = v128.load(p + 5 * step);
  const a = f32x4.add(x1, x2), b = f32x4.add(x3, x4);
  v128.store(q, madd(x0, third, nmadd(f32x4.mul(half, b), two, a)));
  v128.store(q + qStep, f32x4.mul(root, madd(f32x4.sub(x2, x1), half, f32x4.sub(x3, x4))));
  v128.store(q + 2 * qStep, madd(x5, third, f32x4.sub(b, a)));
}

/** The gradients of a group of tiles, transformed: [6][6][tiles][channels]. */
function transformGrads(s: usize, dy: View, t: GradTiling, first: i32, count: i32, scratch: usize): void {
  const lines = 4 * BLOCK_BYTES, point = t.gradPoint;
  const tile = scratch + 6 * lines;
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const two = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("two"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("root"));
  const halfRoot = f32x4.mul(half, root);
  for (let i = first; i < first + count; ++i) {
    const row = i / t.across, image = row / t.down;
    const y = (row - image * t.down) * 4, left = (i - row * t.across) * 4;
    const h = dy.h - y, w = dy.w - left;
    let p = place(dy, image, 0, y, left);
    for (let b = 0; b < dy.blocks; ++b, p += dy.block, s += BLOCK_BYTES) {
      let from = p, step = dy.row;
      if (h < 4 || w < 4) {
        copyTile(tile, p, dy, 4, 4, h, w);
        from = tile;
        step = lines;
      }
      for (let i = 0; i < lines; i += 16) spread(scratch + i, lines, from + i, step, half, two, root, halfRoot);
      for (let y = 0, q = s, r = scratch; y < 6; ++y, q += 6 * point, r += lines) {
        spread(q, point, r, BLOCK_BYTES, half, two, root, halfRoot);
        spread(q + 16, point, r + 16, BLOCK_BYTES, half, two, root, halfRoot);
      }
    }
  }
}

/** A panel of gradients of weights, [blocks][3][3][8][8], from the sums of each point, [6][6][channels][8]. */
function transformSums(out: usize, sums: usize, channels: i32, t: GradTiling, scratch: usize): void {
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const two = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("two"));
  const third = v128.load32_splat(changetype<usize>(t), offsetof<GradTiling>("third"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<GradTiling>("rootThird"));
  const point = t.sumPoint, tap = LANES * BLOCK_BYTES;
  for (let c = 0; c < channels; ++c, sums += BLOCK_BYTES) {
    let q = out + (c / LANES) * 9 * tap + (c % LANES) * BLOCK_BYTES;
    for (let i = 0; i < BLOCK_BYTES; i += 16, q += 16) {
      for (let x = 0; x < 6; ++x) {
        gather(scratch + x * 16, 6 * 16, sums + x * point + i, 6 * point, half, two, third, root);
      }
      for (let y = 0; y < 3; ++y) gather(q + 3 * y * tap, tap, scratch + y * 6 * 16, 16, half, two, third, root);
    }
  }
}

/** Zeros for the tiles from `count` on, of a group's transformed numbers; `bytes` are those of a tile at a point. */
function clearTiles(p: usize, point: usize, count: i32, group: i32, bytes: i32): void {
  if (count == group) return;
  for (let e = 0; e < POINTS; ++e, p += point) {
    for (let i = count * bytes; i < group * bytes; i += 16) v128.store(p + i, f32x4.splat(0));
  }
}

/** Units are tiles. s: [6][6][tiles][channels]. */
export function winograd4Grad(s: usize, dy: usize, tiling: usize, scratch: usize, begin: i32, end: i32): void {
  const from = view(dy);
  const to = s + begin * from.blocks * BLOCK_BYTES;
  transformGrads(to, from, changetype<GradTiling>(tiling), begin, end - begin, scratch);
}

/**
 * The gradient of packed weights, [groups][panels][blocks][3][3][8][8]. Units are groups of tiles x runs of panels, the last
 * fastest. v, s: the transformed inputs and gradients; or 0 where each group's are made from x and dy. `product`: the loops of a
 * sum over tiles, with a row for each input channel.
 */
export function winograd4GradWeight(
  out: usize, v: usize, s: usize, x: usize, dy: usize, tiling: usize, product: usize, scratch: usize, begin: i32, end: i32,
): void {
  const t = changetype<GradTiling>(tiling), g = changetype<Contraction>(product);
  const inputs = view(x), grads = view(dy);
  const runs = (grads.blocks + t.run - 1) / t.run, channels = inputs.blocks * LANES;
  const panelBytes = channels * 9 * BLOCK_BYTES;
  const sums = scratch + WORK_BYTES;
  let a = v, b = s, made = -1;
  if (!v) {
    a = scratch + t.inputs;
    b = scratch + t.grads;
  }
  for (let unit = begin; unit < end; ++unit) {
    const group = unit / runs, panel = (unit - group * runs) * t.run;
    if (!v && group != made) {
      const first = group * t.group, count = min(t.group, t.tiles - first);
      transformInputs(a, inputs, t, first, count, scratch);
      clearTiles(a, t.point, count, t.group, inputs.blocks * BLOCK_BYTES);
      transformGrads(b, grads, t, first, count, scratch);
      clearTiles(b, t.gradPoint, count, t.group, grads.blocks * BLOCK_BYTES);
      made = group;
    }
    for (let i = panel; i < min(panel + t.run, grads.blocks); ++i) {
      for (let e = 0; e < POINTS; ++e) {
        rows(channels, sums + e * t.sumPoint, a + e * t.point, b + e * t.gradPoint + i * BLOCK_BYTES, 0, 0, g.w, g);
      }
      transformSums(out + (group * grads.blocks + i) * panelBytes, sums, channels, t, scratch);
    }
  }
}
