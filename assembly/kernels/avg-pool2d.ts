import { view } from "../lib/view";
import { addMeanGrad, clearRow, endWindow, firstWindow, mean, Window } from "../lib/window";

/** What a window that begins at `start` is divided by along one dimension; it ends with the padding, whatever its size. */
// @ts-ignore: decorator
@inline
function extent(start: i32, kernel: i32, size: i32, after: i32, includePad: i32): i32 {
  return includePad ? min(start + kernel, size + after) - start : min(start + kernel, size) - max(start, 0);
}

/** Units are rows of out. The mean of each window; padding counts as zeros, or not at all. */
export function avgPool2d(out: usize, x: usize, window: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x), g = changetype<Window>(window);
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const top = (unit - plane * o.h) * g.sh - g.top;
    const h = extent(top, g.kh, v.h, g.bottom, g.includePad);
    const yFirst = max(top, 0), rows = min(top + g.kh, v.h) - yFirst;
    const line = v.planeOf(plane) + yFirst * v.row;
    let q = o.rowOf(unit);
    for (let ox = 0, left = -g.left; ox < o.w; ++ox, left += g.sw, q += o.pixel) {
      const w = extent(left, g.kw, v.w, g.right, g.includePad);
      const xFirst = max(left, 0), columns = min(left + g.kw, v.w) - xFirst;
      // A window that lies in the padding alone is empty: 0, not 0 / 0.
      mean(q, line + xFirst * v.pixel, rows, columns, v.row, v.pixel, max(1, h * w));
    }
  }
}

/** Units are rows of dx. */
export function avgPool2dGradInput(dx: usize, dy: usize, window: usize, begin: i32, end: i32): void {
  const d = view(dx), e = view(dy), g = changetype<Window>(window);
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / d.h;
    const iy = unit - plane * d.h;
    const row = d.rowOf(unit);
    clearRow(row, d.w, d.pixel);
    const yEnd = endWindow(iy, g.top, g.sh, e.h);
    for (let oy = firstWindow(iy, g.top, g.kh, g.sh); oy < yEnd; ++oy) {
      const h = extent(oy * g.sh - g.top, g.kh, d.h, g.bottom, g.includePad);
      let p = e.planeOf(plane) + oy * e.row;
      for (let ox = 0, left = -g.left; ox < e.w; ++ox, left += g.sw, p += e.pixel) {
        const w = extent(left, g.kw, d.w, g.right, g.includePad);
        const xFirst = max(left, 0), columns = min(left + g.kw, d.w) - xFirst;
        addMeanGrad(row + xFirst * d.pixel, columns, d.pixel, p, max(1, h * w));
      }
    }
  }
}
