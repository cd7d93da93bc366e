// The first convolution of a network, of an image with a few channels that lie interleaved: large windows at a stride. Along a row,
// the taps that meet every s-th pixel are a window at stride 1 over those pixels, of 3 or 4 taps, with the fewer multiplications of
// winograd.ts; the rests under the stride and the channels lie side by side, and are summed up together with the window's rows.

import { BLOCK_BYTES, LANES, View, view } from "../lib/view";
import { Contraction, rows } from "./contract";
import { packBlocks, Packing } from "./pack";
import { columnOutput, finish, Tiling } from "./winograd";
import { FOUR, Four, Line } from "./winograd-ways";
import { factors, narrow, ROOT, WIDE_BYTES, widen } from "./winograd-weights";

const POINTS: i32 = 6;

// @ts-ignore: decorator
@unmanaged @final
class Stem extends Tiling {
  /** Rows of outputs of a band, bands of an image, and bytes of a row of inputs transformed for a point. */
  band: i32; bands: i32; row: i32;
  /** The stride, and floats of so many pixels. */
  stride: i32; floats: i32;
  /** Parts of a row that are transformed, and the outputs of each: a tile is the row of them all. */
  pieces: i32; size: i32;
}

/** Units are panels. out: [panels][points][kh][stride][channels][8]. */
export function winogradStemWeights(
  out: usize, weight: usize, scale: usize, packing: usize, stem: usize, scratch: usize, begin: i32, end: i32,
): void {
  const g = changetype<Packing>(packing), t = changetype<Stem>(stem);
  const half = f64x2.splat(-0.5), third = f64x2.splat(-1.0 / 3), root = f64x2.splat(ROOT);
  const count = t.way == FOUR ? 3 : 4, step = g.kh * t.floats * BLOCK_BYTES;
  const taps = scratch, done = taps + 4 * WIDE_BYTES, packed = done + POINTS * WIDE_BYTES;
  for (let panel = begin; panel < end; ++panel) {
    packBlocks(packed, weight, 0, g, panel, 0, 1, false);
    const k = panel * LANES;
    const f0 = factors(scale, k, g.outs), f1 = factors(scale, k + 2, g.outs);
    const f2 = factors(scale, k + 4, g.outs), f3 = factors(scale, k + 6, g.outs);
    let q = out + panel * POINTS * step;
    for (let y = 0; y < g.kh; ++y) {
      for (let i = 0; i < t.floats; ++i, q += BLOCK_BYTES) {
        const c = i % g.lanes;
        for (let j = 0, x = i / g.lanes, to = taps; j < count; ++j, x += t.stride, to += WIDE_BYTES) {
          if (x < g.kw) widen(to, packed + ((y * g.kw + x) * g.lanes + c) * BLOCK_BYTES, f0, f1, f2, f3);
          else memory.fill(to, 0, WIDE_BYTES);
        }
        for (let b = 0; b < WIDE_BYTES; b += 16) {
          if (count == 3) changetype<Four>(0).weight(done + b, WIDE_BYTES, taps + b, WIDE_BYTES, half, third, root);
          else changetype<Line>(0).weight(done + b, WIDE_BYTES, taps + b, WIDE_BYTES, half, third, root);
        }
        for (let e = 0; e < POINTS; ++e) narrow(q + e * step, done + e * WIDE_BYTES);
      }
    }
  }
}

/** `count` rows of an image from p on, transformed: [points][rows][pieces][stride][channels]. */
function transformRows(v: usize, p: usize, from: View, t: Stem, count: i32, scratch: usize): void {
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const two = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("two"));
  const most = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("most"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("root"));
  // A piece's floats, and the few more that its last vectors reach.
  const bytes = t.floats << 2, whole = POINTS * bytes + 16, step = t.size * bytes;
  for (; count > 0; --count, v += t.row, p += from.row) {
    let x = p, q = v, left = from.w * from.pixel;
    for (let i = t.pieces; i > 0; --i, x += step, q += bytes, left -= step) {
      let piece = x;
      if (left < whole) {
        memory.fill(scratch, 0, whole);
        memory.copy(scratch, x, left);
        piece = scratch;
      }
      // What the last vector writes too much comes before the next piece, or at the end of the row.
      for (let b = 0; b < bytes; b += 16) {
        changetype<Four>(0).input(q + b, t.point, piece + b, bytes, half, two, most, root);
      }
    }
  }
}

/** out = clamp(the sums + bias + residual, low, high). Units are bands of rows of outputs. `product`: the loops of a sum. */
export function winogradStem(
  out: usize, x: usize, weights: usize, bias: usize, residual: usize, stem: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  const o = view(out), from = view(x), t = changetype<Stem>(stem), g = changetype<Contraction>(product);
  const piece = t.size * BLOCK_BYTES, sums = scratch + t.pieces * piece, panelBytes = g.n2 * g.n3 * g.nb3;
  const v = scratch + t.inputs;
  for (let unit = begin; unit < end; ++unit) {
    const image = unit / t.bands, first = (unit - image * t.bands) * t.band, count = min(t.band, o.h - first);
    const p = from.data + image * from.image + first * t.stepH * from.row;
    transformRows(v, p, from, t, (count - 1) * t.stepH + g.n2, scratch);
    for (let y = 0, a = v; y < count; ++y, a += t.stepH * t.row) {
      let b = weights;
      for (let panel = 0; panel < o.blocks; ++panel) {
        for (let e = 0; e < POINTS; ++e, b += panelBytes) {
          rows(t.pieces, sums + e * BLOCK_BYTES, a + e * t.point, b, 0, 0, g.w, g);
        }
        for (let i = t.pieces, p = sums, q = scratch; i > 0; --i, p += POINTS * BLOCK_BYTES, q += piece) {
          if (t.way == FOUR) columnOutput<Four>(q, p, t);
          else columnOutput<Line>(q, p, t);
        }
        finish(o, scratch, bias, residual, t, image * o.h + first + y, panel);
      }
    }
  }
}
