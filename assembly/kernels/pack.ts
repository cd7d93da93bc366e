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

/** Index of the weight between an output and an input channel, or -1 where they are not in one group. */
// @ts-ignore: decorator
@inline
function weightIndex(g: Packing, out: i32, input: i32): i32 {
  const group = out / g.groupOuts;
  const local = input - group * g.groupIns;
  if (out >= g.outs || input >= g.ins || local < 0 || local >= g.groupIns) return -1;
  return g.base + group * g.sGroup + (out - group * g.groupOuts) * g.sOut + local * g.sIn;
}

/** Units are panels. out: [outs / 8][blocks][kh][kw][lanes][8], zero where there is no weight. */
export function pack(out: usize, weight: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Packing>(geometry);
  const taps = g.kh * g.kw, lanes = g.lanes;
  for (let panel = begin; panel < end; ++panel) {
    const first = firstBlock(g, panel);
    for (let block = 0; block < g.blocks; ++block) {
      const q = at(out, (panel * g.blocks + block) * taps * lanes * LANES);
      for (let lane = 0; lane < lanes; ++lane) {
        for (let k = 0; k < LANES; ++k) {
          const index = weightIndex(g, panel * LANES + k, (first + block) * lanes + lane);
          for (let y = 0; y < g.kh; ++y) {
            for (let x = 0; x < g.kw; ++x) {
              const value: f32 = index < 0 ? 0 : load<f32>(at(weight, index + y * g.sy + x * g.sx));
              store<f32>(at(q, ((y * g.kw + x) * lanes + lane) * LANES + k), value);
            }
          }
        }
      }
    }
  }
}

/** Units are panels. The inverse of pack, for gradients: the parts of every weight are added up into torch's order. */
export function unpack(weight: usize, packed: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Packing>(geometry);
  const taps = g.kh * g.kw, lanes = g.lanes;
  for (let panel = begin; panel < end; ++panel) {
    const first = firstBlock(g, panel);
    for (let block = 0; block < g.blocks; ++block) {
      const q = at(packed, (panel * g.blocks + block) * taps * lanes * LANES);
      for (let lane = 0; lane < lanes; ++lane) {
        for (let k = 0; k < LANES; ++k) {
          const index = weightIndex(g, panel * LANES + k, (first + block) * lanes + lane);
          if (index < 0) continue;
          for (let y = 0; y < g.kh; ++y) {
            for (let x = 0; x < g.kw; ++x) {
              let p = at(q, ((y * g.kw + x) * lanes + lane) * LANES + k);
              let sum = load<f32>(p);
              for (let s = 1; s < g.parts; ++s) sum += load<f32>((p = at(p, g.part)));
              store<f32>(at(weight, index + y * g.sy + x * g.sx), sum);
            }
          }
        }
      }
    }
  }
}
