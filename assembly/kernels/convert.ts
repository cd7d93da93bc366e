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
    const row = o.rowOf(unit);
    for (let lane = 0; lane < lanes; ++lane) {
      const c = first + lane;
      let p = at(dense, ((n * o.c + c) * o.h + y) * o.w);
      let q = at(row, lane);
      let left = o.w;
      if (lanes == 1) {
        for (; left >= 4; left -= 4, p += 16, q += 16) v128.store(q, v128.load(p));
      }
      if (c < o.c) {
        for (; left > 0; --left, p += 4, q += o.pixel) store<f32>(q, load<f32>(p));
      } else {
        for (; left > 0; --left, q += o.pixel) store<f32>(q, 0);
      }
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
  const plane = o.h * o.w, outWidth = o.w, width = v.w, outPixel = o.pixel, pixel = v.pixel;
  const outGap = o.row - o.w * o.pixel, gap = v.row - v.w * v.pixel;
  for (let n = begin; n < end; ++n) {
    // What is read next: its address, its channel, and how many columns and rows are left there.
    const image = v.data + n * v.image;
    let p = image, k = 0, columns = width, rows = v.h;
    for (let c = 0; c < o.blocks * LANES; ++c) {
      let q = o.data + n * o.image + (c >> 3) * o.block + ((c & 7) << 2);
      let outColumns = outWidth;
      for (let i = plane; i > 0; --i) {
        if (c < o.c) {
          store<f32>(q, load<f32>(p));
          p += pixel;
          if (--columns == 0) {
            columns = width;
            p += gap;
            if (--rows == 0) {
              rows = v.h;
              ++k;
              p = image + (k >> 3) * v.block + ((k & 7) << 2);
            }
          }
        } else store<f32>(q, 0);
        q += outPixel;
        if (--outColumns == 0) {
          outColumns = outWidth;
          q += outGap;
        }
      }
    }
  }
}
