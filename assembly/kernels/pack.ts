// Weights between torch's order and the contraction's: panels [out / 8][in blocks][kh][kw][lanes][8 out].

import { at } from "../lib/simd";
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
    const group = commonGroup(g, panel);
    if (group >= 0) packTogether(out, weight, scale, g, panel, group);
    else for (let k = 0; k < LANES; ++k) packOne(out, weight, scale, g, panel, k);
  }
}

/** A whole panel of one group: eight floats at a time. */
function packTogether(out: usize, weight: usize, scale: usize, g: Packing, panel: i32, group: i32): void {
  const lanes = g.lanes, taps = g.kh * g.kw, kw = g.kw, sOut = g.sOut << 2;
  const first = firstBlock(g, panel) * lanes;
  const row = rowStart(g, panel * LANES, group);
  const low = group * g.groupIns, high = min(low + g.groupIns, g.ins);
  let scale0 = f32x4.splat(1), scale1 = scale0;
  if (scale != 0) {
    scale0 = v128.load(at(scale, panel * LANES));
    scale1 = v128.load(at(scale, panel * LANES), 16);
  }
  let q = at(out, panel * g.blocks * taps * lanes * LANES);
  for (let block = 0; block < g.blocks; ++block) {
    for (let y = 0; y < g.kh; ++y) {
      for (let x = 0; x < kw; ++x) {
        const tap = row + y * g.sy + x * g.sx;
        for (let input = first + block * lanes, stop = input + lanes; input < stop; ++input, q += 32) {
          if (input < low || input >= high) {
            v128.store(q, f32x4.splat(0));
            v128.store(q, f32x4.splat(0), 16);
            continue;
          }
          let p = at(weight, tap + (input - low) * g.sIn);
          if (sOut == 4) {
            v128.store(q, f32x4.mul(v128.load(p), scale0));
            v128.store(q, f32x4.mul(v128.load(p, 16), scale1), 16);
            continue;
          }
          let w = v128.load32_zero(p);
          w = v128.load32_lane(p + sOut, w, 1);
          w = v128.load32_lane(p + 2 * sOut, w, 2);
          w = v128.load32_lane(p + 3 * sOut, w, 3);
          v128.store(q, f32x4.mul(w, scale0));
          p += 4 * sOut;
          w = v128.load32_zero(p);
          w = v128.load32_lane(p + sOut, w, 1);
          w = v128.load32_lane(p + 2 * sOut, w, 2);
          w = v128.load32_lane(p + 3 * sOut, w, 3);
          v128.store(q, f32x4.mul(w, scale1), 16);
        }
      }
    }
  }
}

/** Output channel k of a panel. */
function packOne(out: usize, weight: usize, scale: usize, g: Packing, panel: i32, k: i32): void {
  const taps = g.kh * g.kw, lanes = g.lanes, step = lanes * LANES * 4;
  const first = firstBlock(g, panel) * lanes;
  const channel = panel * LANES + k;
  const group = channel / g.groupOuts;
  const row = rowStart(g, channel, group);
  const low = group * g.groupIns;
  const high = channel < g.outs ? min(low + g.groupIns, g.ins) : 0;
  const factor: f32 = scale != 0 ? load<f32>(at(scale, channel)) : 1;
  for (let block = 0; block < g.blocks; ++block) {
    for (let lane = 0; lane < lanes; ++lane) {
      const input = first + block * lanes + lane;
      let q = at(out, (((panel * g.blocks + block) * taps) * lanes + lane) * LANES + k);
      if (input < low || input >= high) {
        for (let tap = 0; tap < taps; ++tap, q += step) store<f32>(q, 0);
        continue;
      }
      const p = row + (input - low) * g.sIn;
      for (let y = 0; y < g.kh; ++y) {
        for (let x = 0; x < g.kw; ++x, q += step) store<f32>(q, factor * load<f32>(at(weight, p + y * g.sy + x * g.sx)));
      }
    }
  }
}

/** Units are panels. The inverse of pack, for gradients: the parts of every weight are added up into torch's order. */
export function unpack(weight: usize, packed: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Packing>(geometry);
  for (let panel = begin; panel < end; ++panel) {
    const group = commonGroup(g, panel);
    if (group >= 0) unpackTogether(weight, packed, g, panel, group);
    else for (let k = 0; k < min(LANES, g.outs - panel * LANES); ++k) unpackOne(weight, packed, g, panel, k);
  }
}

function unpackTogether(weight: usize, packed: usize, g: Packing, panel: i32, group: i32): void {
  const lanes = g.lanes, taps = g.kh * g.kw, kw = g.kw, sOut = g.sOut << 2, part = g.part << 2;
  const first = firstBlock(g, panel) * lanes;
  const row = rowStart(g, panel * LANES, group);
  const low = group * g.groupIns, high = min(low + g.groupIns, g.ins);
  let q = at(packed, panel * g.blocks * taps * lanes * LANES);
  for (let block = 0; block < g.blocks; ++block) {
    for (let y = 0; y < g.kh; ++y) {
      for (let x = 0; x < kw; ++x) {
        const tap = row + y * g.sy + x * g.sx;
        for (let input = first + block * lanes, stop = input + lanes; input < stop; ++input, q += 32) {
          if (input < low || input >= high) continue;
          let s0 = v128.load(q), s1 = v128.load(q, 16), r = q;
          for (let s = 1; s < g.parts; ++s) {
            r += part;
            s0 = f32x4.add(s0, v128.load(r));
            s1 = f32x4.add(s1, v128.load(r, 16));
          }
          let p = at(weight, tap + (input - low) * g.sIn);
          v128.store32_lane(p, s0, 0);
          v128.store32_lane(p + sOut, s0, 1);
          v128.store32_lane(p + 2 * sOut, s0, 2);
          v128.store32_lane(p + 3 * sOut, s0, 3);
          p += 4 * sOut;
          v128.store32_lane(p, s1, 0);
          v128.store32_lane(p + sOut, s1, 1);
          v128.store32_lane(p + 2 * sOut, s1, 2);
          v128.store32_lane(p + 3 * sOut, s1, 3);
        }
      }
    }
  }
}

function unpackOne(weight: usize, packed: usize, g: Packing, panel: i32, k: i32): void {
  const taps = g.kh * g.kw, lanes = g.lanes, step = lanes * LANES * 4;
  const first = firstBlock(g, panel) * lanes;
  const channel = panel * LANES + k;
  const group = channel / g.groupOuts;
  const row = rowStart(g, channel, group);
  const low = group * g.groupIns, high = min(low + g.groupIns, g.ins);
  for (let block = 0; block < g.blocks; ++block) {
    for (let lane = 0; lane < lanes; ++lane) {
      const input = first + block * lanes + lane;
      if (input < low || input >= high) continue;
      let q = at(packed, (((panel * g.blocks + block) * taps) * lanes + lane) * LANES + k);
      const p = row + (input - low) * g.sIn;
      for (let y = 0; y < g.kh; ++y) {
        for (let x = 0; x < g.kw; ++x, q += step) {
          let sum = load<f32>(q);
          for (let s = 1; s < g.parts; ++s) sum += load<f32>(at(q, s * g.part));
          store<f32>(at(weight, p + y * g.sy + x * g.sx), sum);
        }
      }
    }
  }
}
