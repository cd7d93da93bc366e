import { view } from "../lib/view";
import { addMeanGrad, clearRow, mean } from "../lib/window";

// Window i of `windows` over `size` pixels: from floor(i size / windows) to ceil((i + 1) size / windows). The windows
// over pixel i of `size` are found by the same formulas, with size and windows changing places.

// @ts-ignore: decorator
@inline
function startOf(i: i32, size: i32, windows: i32): i32 {
  return (i * size) / windows;
}

// @ts-ignore: decorator
@inline
function endOf(i: i32, size: i32, windows: i32): i32 {
  return ((i + 1) * size + windows - 1) / windows;
}

/** Units are rows of out. Means over windows that share the image among them as evenly as pixels allow. */
export function adaptiveAvgPool2d(out: usize, x: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x);
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const oy = unit - plane * o.h;
    const y = startOf(oy, v.h, o.h), h = endOf(oy, v.h, o.h) - y;
    const line = v.planeOf(plane) + y * v.row;
    let q = o.rowOf(unit);
    for (let ox = 0; ox < o.w; ++ox, q += o.pixel) {
      const left = startOf(ox, v.w, o.w), w = endOf(ox, v.w, o.w) - left;
      mean(q, line + left * v.pixel, h, w, v.row, v.pixel, h * w);
    }
  }
}

/** Units are rows of dx. */
export function adaptiveAvgPool2dGradInput(dx: usize, dy: usize, begin: i32, end: i32): void {
  const d = view(dx), e = view(dy);
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / d.h;
    const iy = unit - plane * d.h;
    const row = d.rowOf(unit);
    clearRow(row, d.w, d.pixel);
    const yEnd = endOf(iy, e.h, d.h);
    for (let oy = startOf(iy, e.h, d.h); oy < yEnd; ++oy) {
      const h = endOf(oy, d.h, e.h) - startOf(oy, d.h, e.h);
      let p = e.planeOf(plane) + oy * e.row;
      for (let ox = 0; ox < e.w; ++ox, p += e.pixel) {
        const left = startOf(ox, d.w, e.w), w = endOf(ox, d.w, e.w) - left;
        addMeanGrad(row + left * d.pixel, w, d.pixel, p, h * w);
      }
    }
  }
}
