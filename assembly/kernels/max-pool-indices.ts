import { at } from "../lib/simd";
import { endTap, firstTap, Window } from "../lib/window";

// @ts-ignore: decorator
@unmanaged @final
class Images extends Window {
  h: i32; w: i32;
  oh: i32; ow: i32;
  /** Whether places count down the columns. */
  columnMajor: i32;
}

/** Units are rows of out [planes, oh, ow]; x [planes, h, w], dense. The place in x of the first of the largest pixels of each window. */
export function maxPoolIndices(out: usize, x: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Images>(geometry);
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / g.oh;
    const top = (unit - plane * g.oh) * g.sh - g.top;
    const yEnd = endTap(top, g.kh, g.dh, g.h);
    const first = plane * g.h * g.w;
    for (let ox = 0, left = -g.left; ox < g.ow; ++ox, left += g.sw) {
      const xEnd = endTap(left, g.kw, g.dw, g.w);
      let best: f32 = -Infinity, place = -1;
      for (let ky = firstTap(top, g.dh); ky < yEnd; ++ky) {
        const iy = top + ky * g.dh;
        for (let kx = firstTap(left, g.dw); kx < xEnd; ++kx) {
          const ix = left + kx * g.dw;
          const v = load<f32>(at(x, first + iy * g.w + ix));
          if (v > best || place < 0) {
            best = v;
            place = first + (g.columnMajor ? ix * g.h + iy : iy * g.w + ix);
          }
        }
      }
      store<f32>(at(out, unit * g.ow + ox), <f32>max(place, 0));
    }
  }
}
