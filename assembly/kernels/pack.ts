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
    const group = commonGroup(g, panel);
    if (group >= 0) packTogether(out, weight, scale, g, panel, group);
    else for (let k = 0; k < LANES; ++k) packOne(out, weight, scale, g, panel, k);
  }
}

/** Whether the taps of a pair of channels lie one after the other in torch's order, forwards or backwards. */
// @ts-ignore: decorator
@inline
function inTurn(g: Packing): bool {
  return g.sx * g.sx == 1 && (g.kh == 1 || g.sy == g.sx * g.kw);
}

/** Four floats, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function gather(p: usize, step: usize): v128 {
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

/** A whole panel of one group: eight floats at a time, or as squares of 4 x 4 where taps or input channels lie in turn. */
function packTogether(out: usize, weight: usize, scale: usize, g: Packing, panel: i32, group: i32): void {
  const lanes = g.lanes, taps = g.kh * g.kw, kw = g.kw, sOut = g.sOut << 2, tapBytes = lanes * LANES * 4;
  const first = firstBlock(g, panel) * lanes;
  const row = rowStart(g, panel * LANES, group);
  const low = group * g.groupIns, high = min(low + g.groupIns, g.ins);
  const squares = scale == 0 && inTurn(g) ? taps / 4 : 0, neighbours = scale == 0 && taps == 1 && g.sIn == 1;
  const from = g.sx < 0 ? 1 - taps : 0, step = g.sx < 0 ? -tapBytes : tapBytes;
  let scale0 = f32x4.splat(1), scale1 = scale0;
  if (scale != 0) {
    scale0 = v128.load(at(scale, panel * LANES));
    scale1 = v128.load(at(scale, panel * LANES), 16);
  }
  let q = at(out, panel * g.blocks * taps * lanes * LANES);
  for (let block = 0; block < g.blocks; ++block, q += (taps - 1) * tapBytes) {
    for (let input = first + block * lanes, stop = input + lanes; input < stop; ++input, q += 32) {
      if (input < low || input >= high) {
        for (let tap = 0, r = q; tap < taps; ++tap, r += tapBytes) {
          v128.store(r, f32x4.splat(0));
          v128.store(r, f32x4.splat(0), 16);
        }
        continue;
      }
      const p = row + (input - low) * g.sIn;
      if (neighbours && input + 4 <= min(stop, high)) {
        transpose4(q, 32, at(weight, p), sOut);
        transpose4(q + 16, 32, at(weight, p) + 4 * sOut, sOut);
        input += 3;
        q += 96;
        continue;
      }
      if (squares) {
        let r = g.sx < 0 ? q + (taps - 1) * tapBytes : q, x = at(weight, p + from);
        for (let i = squares; i > 0; --i, r += 4 * step, x += 16) {
          transpose4(r, step, x, sOut);
          transpose4(r + 16, step, x + 4 * sOut, sOut);
        }
        for (let tap = squares * 4; tap < taps; ++tap, r += step, x += 4) {
          v128.store(r, gather(x, sOut));
          v128.store(r, gather(x + 4 * sOut, sOut), 16);
        }
        continue;
      }
      let r = q;
      for (let y = 0; y < g.kh; ++y) {
        for (let x = 0; x < kw; ++x, r += tapBytes) {
          const from = at(weight, p + y * g.sy + x * g.sx);
          const w0 = sOut == 4 ? v128.load(from) : gather(from, sOut);
          const w1 = sOut == 4 ? v128.load(from, 16) : gather(from + 4 * sOut, sOut);
          v128.store(r, f32x4.mul(w0, scale0));
          v128.store(r, f32x4.mul(w1, scale1), 16);
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
  const tapBytes = lanes * LANES * 4;
  const first = firstBlock(g, panel) * lanes;
  const row = rowStart(g, panel * LANES, group);
  const low = group * g.groupIns, high = min(low + g.groupIns, g.ins);
  const squares = g.parts == 1 && inTurn(g) ? taps / 4 : 0, neighbours = g.parts == 1 && taps == 1 && g.sIn == 1;
  const from = g.sx < 0 ? 1 - taps : 0, step = g.sx < 0 ? -tapBytes : tapBytes;
  let q = at(packed, panel * g.blocks * taps * lanes * LANES);
  for (let block = 0; block < g.blocks; ++block, q += (taps - 1) * tapBytes) {
    for (let input = first + block * lanes, stop = input + lanes; input < stop; ++input, q += 32) {
      if (input < low || input >= high) continue;
      const p = row + (input - low) * g.sIn;
      if (neighbours && input + 4 <= min(stop, high)) {
        transpose4(at(weight, p), sOut, q, 32);
        transpose4(at(weight, p) + 4 * sOut, sOut, q + 16, 32);
        input += 3;
        q += 96;
        continue;
      }
      if (squares) {
        let r = g.sx < 0 ? q + (taps - 1) * tapBytes : q, x = at(weight, p + from);
        for (let i = squares; i > 0; --i, r += 4 * step, x += 16) {
          transpose4(x, sOut, r, step);
          transpose4(x + 4 * sOut, sOut, r + 16, step);
        }
        for (let tap = squares * 4; tap < taps; ++tap, r += step, x += 4) {
          scatter(x, sOut, v128.load(r));
          scatter(x + 4 * sOut, sOut, v128.load(r, 16));
        }
        continue;
      }
      let r = q;
      for (let y = 0; y < g.kh; ++y) {
        for (let x = 0; x < kw; ++x, r += tapBytes) {
          let s0 = v128.load(r), s1 = v128.load(r, 16), next = r;
          for (let s = 1; s < g.parts; ++s) {
            next += part;
            s0 = f32x4.add(s0, v128.load(next));
            s1 = f32x4.add(s1, v128.load(next, 16));
          }
          const to = at(weight, p + y * g.sy + x * g.sx);
          scatter(to, sOut, s0);
          scatter(to + 4 * sOut, sOut, s1);
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
