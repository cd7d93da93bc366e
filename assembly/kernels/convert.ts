// Between the dense [n, c, h, w] order of the outside world and views.

import { at, transpose4 } from "../lib/simd";
import { LANES, view } from "../lib/view";

/** Units are rows of the view. Lanes past the last channel become zero. */
export function block(out: usize, dense: usize, begin: i32, end: i32): void {
  const o = view(out);
  const lanes = o.pixel >> 2, plane = o.h * o.w;
  for (let unit = begin; unit < end; ++unit) {
    const block = unit / o.h;
    const y = unit - block * o.h;
    const n = block / o.blocks;
    const first = (block - n * o.blocks) * lanes;
    const row = o.rowOf(unit);
    const from = at(dense, (n * o.c + first) * plane + y * o.w);
    const real = min(lanes, o.c - first);
    let lane = 0;
    if (plane == 1) {
      // Channels next to each other on both sides.
      for (; lane <= real - 4; lane += 4) v128.store(at(row, lane), v128.load(at(from, lane)));
    } else if (lanes == LANES) {
      for (; lane <= real - 4; lane += 4) {
        let p = at(from, lane * plane), q = at(row, lane), left = o.w;
        for (; left >= 4; left -= 4, p += 16, q += 4 * o.pixel) transpose4(q, o.pixel, p, plane << 2);
        for (; left > 0; --left, p += 4, q += o.pixel) {
          for (let i = 0; i < 4; ++i) store<f32>(at(q, i), load<f32>(at(p, i * plane)));
        }
      }
    }
    for (; lane < lanes; ++lane) {
      let p = at(from, lane * plane);
      let q = at(row, lane);
      let left = o.w;
      if (lanes == 1) {
        for (; left >= 4; left -= 4, p += 16, q += 16) v128.store(q, v128.load(p));
      }
      if (lane < real) {
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
  const lanes = v.pixel >> 2, plane = v.h * v.w;
  for (let unit = begin; unit < end; ++unit) {
    const block = unit / v.h;
    const y = unit - block * v.h;
    const n = block / v.blocks;
    const first = (block - n * v.blocks) * lanes;
    const row = v.rowOf(unit);
    const to = at(dense, (n * v.c + first) * plane + y * v.w);
    const real = min(lanes, v.c - first);
    let lane = 0;
    if (plane == 1) {
      for (; lane <= real - 4; lane += 4) v128.store(at(to, lane), v128.load(at(row, lane)));
    } else if (lanes == LANES) {
      for (; lane <= real - 4; lane += 4) {
        let p = at(row, lane), q = at(to, lane * plane), left = v.w;
        for (; left >= 4; left -= 4, p += 4 * v.pixel, q += 16) transpose4(q, plane << 2, p, v.pixel);
        for (; left > 0; --left, p += v.pixel, q += 4) {
          for (let i = 0; i < 4; ++i) store<f32>(at(q, i * plane), load<f32>(at(p, i)));
        }
      }
    }
    for (; lane < real; ++lane) {
      let p = at(row, lane), q = at(to, lane * plane);
      for (let left = v.w; left > 0; --left, p += v.pixel, q += 4) store<f32>(q, load<f32>(p));
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
