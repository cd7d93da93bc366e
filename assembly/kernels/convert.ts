// Between the dense [n, c, h, w] order of the outside world and views.

import { at } from "../lib/simd";
import { LANES, view } from "../lib/view";

/** Units are rows of the view. Lanes past the last channel become zero. */
export function block(out: usize, dense: usize, begin: i32, end: i32): void {
  const o = view(out);
  const lanes = o.pixel >> 2;
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const y = unit - plane * o.h;
    const n = plane / o.blocks;
    const first = (plane - n * o.blocks) * lanes;
    const q = o.rowOf(unit);
    for (let lane = 0; lane < lanes; ++lane) {
      const c = first + lane;
      const p = at(dense, ((n * o.c + c) * o.h + y) * o.w);
      for (let x = 0; x < o.w; ++x) store<f32>(at(q + x * o.pixel, lane), c < o.c ? load<f32>(at(p, x)) : 0);
    }
  }
}

/** Units are rows of the view. */
export function unblock(dense: usize, x: usize, begin: i32, end: i32): void {
  const v = view(x);
  const lanes = v.pixel >> 2;
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / v.h;
    const y = unit - plane * v.h;
    const n = plane / v.blocks;
    const first = (plane - n * v.blocks) * lanes;
    const p = v.rowOf(unit);
    for (let lane = 0; lane < lanes; ++lane) {
      const c = first + lane;
      if (c >= v.c) break;
      const q = at(dense, ((n * v.c + c) * v.h + y) * v.w);
      for (let ox = 0; ox < v.w; ++ox) store<f32>(at(q, ox), load<f32>(at(p + ox * v.pixel, lane)));
    }
  }
}

/** Units are images of the output. The same elements in c, h, w order under another shape. */
export function reshape(out: usize, x: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x);
  const plane = o.h * o.w, from = v.h * v.w;
  for (let n = begin; n < end; ++n) {
    for (let c = 0; c < o.blocks * LANES; ++c) {
      for (let i = 0; i < plane; ++i) {
        const q = o.data + n * o.image + (c >> 3) * o.block + (i / o.w) * o.row + (i % o.w) * o.pixel + ((c & 7) << 2);
        let value: f32 = 0;
        if (c < o.c) {
          const index = c * plane + i;
          const k = index / from, j = index - k * from;
          value = load<f32>(v.data + n * v.image + (k >> 3) * v.block + (j / v.w) * v.row + (j % v.w) * v.pixel + ((k & 7) << 2));
        }
        store<f32>(q, value);
      }
    }
  }
}
