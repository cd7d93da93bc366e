// Weights between torch's order and the contraction's: panels [out / 8][in blocks][kh][kw][lanes][8 out].

import { at, transpose4 } from "../lib/simd";
import { LANES } from "../lib/view";

/** Strides are in floats of the torch-ordered weights; negative ones rotate the kernel, swapped ones transpose it. */
// @ts-ignore: decorator
@unmanaged @final
export class Packing {
  /** Output and input channels in all and in one group. */
  outs: i32; groupOuts: i32; ins: i32; groupIns: i32;
  kh: i32; kw: i32;
  /** Input blocks in a panel, and channels of an input block in memory (8; fewer for a pixel-interleaved image). */
  blocks: i32; lanes: i32;
  base: i32; sGroup: i32; sOut: i32; sIn: i32; sy: i32; sx: i32;
  /** Partial results to add up, and floats from one to the next (unpack). */
  parts: i32; part: i32;
}

/** First input block that the outputs of a panel read: the one where their group begins. */
// @ts-ignore: decorator
@inline
function firstBlock(g: Packing, panel: i32): i32 {
  const first = (((panel * LANES) / g.groupOuts) * g.groupIns) / g.lanes;
  const all = (g.ins + g.lanes - 1) / g.lanes;
  return min(first, all - g.blocks);
}

/** One output channel's weights of a panel: where they begin, and which input channels are in its group. */
// @ts-ignore: decorator
@inline
function rowStart(g: Packing, out: i32, group: i32): i32 {
  return g.base + group * g.sGroup + (out - group * g.groupOuts) * g.sOut;
}

/** The group that all eight output channels of a panel belong to, or -1. */
// @ts-ignore: decorator
@inline
function commonGroup(g: Packing, panel: i32): i32 {
  const last = panel * LANES + LANES - 1;
  const group = (panel * LANES) / g.groupOuts;
  return last < g.outs && last / g.groupOuts == group ? group : -1;
}

/**
 * Units are panels. out: [outs / 8][blocks][kh][kw][lanes][8], zero where there is no weight. Each output channel's weights
 * are multiplied by its `scale`, if that is not 0.
 */
export function pack(out: usize, weight: usize, scale: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Packing>(geometry);
  for (let panel = begin; panel < end; ++panel) {
    packBlocks(at(out, panel * floatsOf(g)), weight, scale, g, panel, 0, g.blocks, false);
  }
}

/** Of a panel. */
// @ts-ignore: decorator
@inline
function floatsOf(g: Packing): i32 {
  return g.blocks * g.kh * g.kw * g.lanes * LANES;
}

/** The blocks `from` to `to` of a panel, which begin at q; or `back` into torch's order. */
export function packBlocks(
  q: usize, weight: usize, scale: usize, g: Packing, panel: i32, from: i32, to: i32, back: bool,
): void {
  const group = commonGroup(g, panel);
  if (group >= 0) together(q, weight, scale, g, panel, group, from, to, back);
  else for (let k = 0; k < LANES; ++k) packOne(q, weight, scale, g, panel, k, from, to, back);
}

/** Whether the taps of a pair of channels lie one after the other in torch's order, forwards or backwards. */
// @ts-ignore: decorator
@inline
function tapsInTurn(g: Packing): bool {
  return g.sx * g.sx == 1 && (g.kh == 1 || g.sy == g.sx * g.kw);
}

/** Four floats, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function gather(p: usize, step: usize): v128 {
  if (step == 4) return v128.load(p);
  let w = v128.load32_zero(p);
  w = v128.load32_lane(p + step, w, 1);
  w = v128.load32_lane(p + 2 * step, w, 2);
  return v128.load32_lane(p + 3 * step, w, 3);
}

/** To where they were gathered from. */
// @ts-ignore: decorator
@inline
function scatter(p: usize, step: usize, w: v128): void {
  v128.store32_lane(p, w, 0);
  v128.store32_lane(p + step, w, 1);
  v128.store32_lane(p + 2 * step, w, 2);
  v128.store32_lane(p + 3 * step, w, 3);
}

/** Of 8 rows of floats, `sOut` bytes apart, the columns become runs of 8 that are `step` bytes apart; or `back`. */
// @ts-ignore: decorator
@inline
function turn(packed: usize, step: i32, weight: usize, sOut: i32, columns: i32, back: bool): void {
  const half = sOut << 2;
  for (; columns >= 4; columns -= 4, packed += 4 * step, weight += 16) {
    if (back) {
      transpose4(weight, sOut, packed, step);
      transpose4(weight + half, sOut, packed + 16, step);
    } else {
      transpose4(packed, step, weight, sOut);
      transpose4(packed + 16, step, weight + half, sOut);
    }
  }
  for (; columns > 0; --columns, packed += step, weight += 4) {
    if (back) {
      scatter(weight, sOut, v128.load(packed));
      scatter(weight + half, sOut, v128.load(packed, 16));
    } else {
      v128.store(packed, gather(weight, sOut));
      v128.store(packed, gather(weight + half, sOut), 16);
    }
  }
}

/**
 * All outputs of a panel, of one group: packed, or `back`. Eight floats at a time; or as squares where the taps of a pair of
 * channels lie one after the other in torch's order, or the input channels of a single tap do.
 */
function together(
  q: usize, weight: usize, scale: usize, g: Packing, panel: i32, group: i32, from: i32, to: i32, back: bool,
): void {
  const lanes = g.lanes, taps = g.kh * g.kw, kw = g.kw, sOut = g.sOut << 2, part = g.part << 2, tapBytes = lanes * LANES * 4;
  const first = firstBlock(g, panel) * lanes;
  const row = rowStart(g, panel * LANES, group);
  const low = group * g.groupIns, high = min(low + g.groupIns, g.ins);
  const plain = scale == 0 && g.parts == 1;
  const neighbours = plain && taps == 1 && g.sIn == 1, inTurn = plain && tapsInTurn(g);
  let scale0 = f32x4.splat(1), scale1 = scale0;
  if (scale != 0) {
    scale0 = v128.load(at(scale, panel * LANES));
    scale1 = v128.load(at(scale, panel * LANES), 16);
  }
  for (let block = from; block < to; ++block, q += taps * tapBytes) {
    const start = first + block * lanes, stop = start + lanes, begin = max(start, low), end = min(stop, high);
    if (!back && (begin > start || end < stop)) memory.fill(q, 0, taps * tapBytes);
    if (neighbours || inTurn) {
      for (let input = begin; input < end; ++input) {
        let count = taps, step = tapBytes, r = q + (input - start) * 32, p = at(weight, row + (input - low) * g.sIn);
        if (neighbours) {
          count = end - input;
          step = 32;
          input = end;
        } else if (g.sx < 0) {
          r += (taps - 1) * tapBytes;
          p -= 4 * (taps - 1);
          step = -step;
        }
        if (back) turn(r, step, p, sOut, count, true);
        else turn(r, step, p, sOut, count, false);
      }
      continue;
    }
    for (let tap = 0; tap < taps; ++tap) {
      let r = q + tap * tapBytes + (begin - start) * 32;
      let p = at(weight, row + (begin - low) * g.sIn + (tap / kw) * g.sy + (tap % kw) * g.sx);
      for (let input = begin; input < end; ++input, r += 32, p += g.sIn << 2) {
        if (back) {
          let s0 = v128.load(r), s1 = v128.load(r, 16), next = r;
          for (let s = 1; s < g.parts; ++s) {
            next += part;
            s0 = f32x4.add(s0, v128.load(next));
            s1 = f32x4.add(s1, v128.load(next, 16));
          }
          scatter(p, sOut, s0);
          scatter(p + 4 * sOut, sOut, s1);
        } else {
          v128.store(r, f32x4.mul(gather(p, sOut), scale0));
          v128.store(r, f32x4.mul(gather(p + 4 * sOut, sOut), scale1), 16);
        }
      }
    }
  }
}

/** Output channel k of a panel, packed or `back`. */
function packOne(
  packed: usize, weight: usize, scale: usize, g: Packing, panel: i32, k: i32, from: i32, to: i32, back: bool,
): void {
  const taps = g.kh * g.kw, lanes = g.lanes, step = lanes * LANES * 4;
  const first = firstBlock(g, panel) * lanes;
  const channel = panel * LANES + k;
  const group = channel / g.groupOuts;
  const row = rowStart(g, channel, group);
  const low = group * g.groupIns;
  const high = channel < g.outs ? min(low + g.groupIns, g.ins) : 0;
  const factor: f32 = scale != 0 ? load<f32>(at(scale, channel)) : 1;
  for (let block = from; block < to; ++block) {
    for (let lane = 0; lane < lanes; ++lane) {
      const input = first + block * lanes + lane;
      let q = at(packed, ((block - from) * taps * lanes + lane) * LANES + k);
      const inside = input >= low && input < high;
      if (back && !inside) continue;
      const p = row + (input - low) * g.sIn;
      for (let y = 0; y < g.kh; ++y) {
        for (let x = 0; x < g.kw; ++x, q += step) {
          if (!inside) {
            store<f32>(q, 0);
            continue;
          }
          const to = at(weight, p + y * g.sy + x * g.sx);
          if (back) {
            let sum = load<f32>(q);
            for (let s = 1; s < g.parts; ++s) sum += load<f32>(at(q, s * g.part));
            store<f32>(to, sum);
          } else store<f32>(q, factor * load<f32>(to));
        }
      }
    }
  }
}

/** Units are panels. The inverse of pack, for gradients: the parts of every weight are added up into torch's order. */
export function unpack(weight: usize, packed: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Packing>(geometry);
  for (let panel = begin; panel < end; ++panel) {
    packBlocks(at(packed, panel * floatsOf(g)), weight, 0, g, panel, 0, g.blocks, true);
  }
}
