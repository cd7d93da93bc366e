// Ranges of channels, also where they begin within a block.

import { at } from "../lib/simd";
import { laneMask, LANES, View, view } from "../lib/view";

/** Address of a channel's first pixel in row y of image n. */
// @ts-ignore: decorator
@inline
function laneOf(v: View, n: i32, c: i32, y: i32): usize {
  return at(v.data + n * v.image + (c >> 3) * v.block + y * v.row, c & 7);
}

/**
 * Units are rows of out. Channel c of out becomes channel c + from of x, or zero where x has none; the first `keep`
 * channels of out stay as they are.
 */
export function sliceChannels(out: usize, x: usize, from: i32, keep: i32, begin: i32, end: i32): void {
  const o = view(out), v = view(x);
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const y = unit - plane * o.h;
    const n = plane / o.blocks;
    const first = (plane - n * o.blocks) * LANES;
    let q = o.rowOf(unit);
    const source = first + from;
    if ((source & 7) == 0 && source >= 0 && source < v.c && first >= keep) {
      // Block by block; x is zero past its last channel, so only the end of out needs a mask.
      const low = laneMask(o.c - first, 0), high = laneMask(o.c - first, 4);
      let p = laneOf(v, n, source, y);
      for (let i = o.w; i > 0; --i, q += o.pixel, p += v.pixel) {
        v128.store(q, v128.and(v128.load(p), low));
        v128.store(q, v128.and(v128.load(p, 16), high), 16);
      }
      continue;
    }
    for (let lane = max(0, keep - first); lane < LANES; ++lane) {
      const to = at(q, lane);
      const c = source + lane;
      if (c >= 0 && c < v.c && first + lane < o.c) {
        const p = laneOf(v, n, c, y);
        for (let i = 0; i < o.w; ++i) store<f32>(to + i * o.pixel, load<f32>(p + i * v.pixel));
      } else {
        for (let i = 0; i < o.w; ++i) store<f32>(to + i * o.pixel, 0);
      }
    }
  }
}
