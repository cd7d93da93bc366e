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

/** Units are panels. out: [outs / 8][blocks][kh][kw][lanes][8], zero where there is no weight. */
export function pack(out: usize, weight: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Packing>(geometry);
  const taps = g.kh * g.kw, lanes = g.lanes, sIn = g.sIn, kh = g.kh, kw = g.kw, sy = g.sy, sx = g.sx;
  const step = lanes * LANES * 4;
  for (let panel = begin; panel < end; ++panel) {
    const first = firstBlock(g, panel) * lanes;
    for (let k = 0; k < LANES; ++k) {
      const channel = panel * LANES + k;
      const group = channel / g.groupOuts;
      const row = rowStart(g, channel, group);
      const low = group * g.groupIns;
      const high = channel < g.outs ? min(low + g.groupIns, g.ins) : 0;
      for (let block = 0; block < g.blocks; ++block) {
        for (let lane = 0; lane < lanes; ++lane) {
          const input = first + block * lanes + lane;
          let q = at(out, (((panel * g.blocks + block) * taps) * lanes + lane) * LANES + k);
          if (input < low || input >= high) {
            for (let tap = 0; tap < taps; ++tap, q += step) store<f32>(q, 0);
            continue;
          }
          const p = row + (input - low) * sIn;
          for (let y = 0; y < kh; ++y) {
            for (let x = 0; x < kw; ++x, q += step) store<f32>(q, load<f32>(at(weight, p + y * sy + x * sx)));
          }
        }
      }
    }
  }
}

/** Units are panels. The inverse of pack, for gradients: the parts of every weight are added up into torch's order. */
export function unpack(weight: usize, packed: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Packing>(geometry);
  const taps = g.kh * g.kw, lanes = g.lanes, sIn = g.sIn, kh = g.kh, kw = g.kw, sy = g.sy, sx = g.sx;
  const step = lanes * LANES * 4;
  for (let panel = begin; panel < end; ++panel) {
    const first = firstBlock(g, panel) * lanes;
    for (let k = 0; k < LANES; ++k) {
      const channel = panel * LANES + k;
      if (channel >= g.outs) break;
      const group = channel / g.groupOuts;
      const row = rowStart(g, channel, group);
      const low = group * g.groupIns;
      const high = min(low + g.groupIns, g.ins);
      for (let block = 0; block < g.blocks; ++block) {
        for (let lane = 0; lane < lanes; ++lane) {
          const input = first + block * lanes + lane;
          if (input < low || input >= high) continue;
          let q = at(packed, (((panel * g.blocks + block) * taps) * lanes + lane) * LANES + k);
          const p = row + (input - low) * sIn;
          for (let y = 0; y < kh; ++y) {
            for (let x = 0; x < kw; ++x, q += step) {
              let sum = load<f32>(q);
              for (let s = 1; s < g.parts; ++s) sum += load<f32>(at(q, s * g.part));
              store<f32>(at(weight, p + y * sy + x * sx), sum);
            }
          }
        }
      }
    }
  }
}
