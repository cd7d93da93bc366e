import { view } from "../lib/view";
import { addMeanGrad, clearRow, endTap, endWindow, firstTap, firstWindow, mean, Window } from "../lib/window";

/** What a window that begins at `start` is divided by along one dimension; it ends with the padding, whatever its size. */
// @ts-ignore: decorator
@inline
function extent(start: i32, taps: i32, dilation: i32, size: i32, after: i32, includePad: i32): i32 {
  if (includePad) return endTap(start, taps, dilation, size + after);
  return endTap(start, taps, dilation, size) - firstTap(start, dilation);
}

/** The sum of 3 pixels one above the other. */
// @ts-ignore: decorator
@inline
function column(p: usize, row: i32): v128 {
  return f32x4.add(f32x4.add(v128.load(p), v128.load(p + row)), v128.load(p + 2 * row));
}

/** A row of means of 3 x 3 neighbours inside the image: the columns' sums, which neighbouring windows share, are found once. */
function inner3x3(q: usize, step: i32, x: usize, row: i32, pixel: i32, count: i32): void {
  const d = f32x4.splat(9);
  for (let half = 0; half < 32; half += 16) {
    let p = x + half, to = q + half;
    let a = column(p, row), b = column(p += pixel, row);
    for (let i = count; i > 0; --i, to += step) {
      const c = column(p += pixel, row);
      v128.store(to, f32x4.div(f32x4.add(f32x4.add(a, b), c), d));
      a = b;
      b = c;
    }
  }
}

/** Units are rows of out. The mean of each window; padding counts as zeros, or not at all. */
export function avgPool2d(out: usize, x: usize, window: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x), g = changetype<Window>(window);
  const close = g.kh == 3 && g.kw == 3 && g.sw == 1 && g.dh == 1 && g.dw == 1 && v.w > 2;
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const top = (unit - plane * o.h) * g.sh - g.top;
    const h = extent(top, g.kh, g.dh, v.h, g.bottom, g.includePad);
    const yFirst = firstTap(top, g.dh), rows = endTap(top, g.kh, g.dh, v.h) - yFirst;
    const line = v.planeOf(plane) + (top + yFirst * g.dh) * v.row;
    // Where the windows begin that lie inside, if they are of that kind.
    const first = close && rows == 3 ? 0 : i32.MAX_VALUE;
    let q = o.rowOf(unit);
    for (let ox = 0, left = -g.left; ox < o.w; ++ox, left += g.sw, q += o.pixel) {
      if (left == first) {
        const inner = min(v.w - 2, o.w - ox);
        inner3x3(q, o.pixel, line, v.row, v.pixel, inner);
        ox += inner;
        if (ox == o.w) break;
        left += inner;
        q += inner * o.pixel;
      }
      const w = extent(left, g.kw, g.dw, v.w, g.right, g.includePad);
      const xFirst = firstTap(left, g.dw), columns = endTap(left, g.kw, g.dw, v.w) - xFirst;
      // A window that lies in the padding alone is empty: 0, not 0 / 0.
      const p = line + (left + xFirst * g.dw) * v.pixel;
      mean(q, p, rows, columns, g.dh * v.row, g.dw * v.pixel, max(1, h * w));
    }
  }
}

/** A row of dx under windows that lie side by side and cover it: each pixel belongs to one of them. */
function spreadRow(q: usize, pixel: i32, p: usize, step: i32, windows: i32, kw: i32, divisor: i32): void {
  const count = f32x4.splat(<f32>divisor);
  for (; windows > 0; --windows, p += step) {
    const g0 = f32x4.div(v128.load(p), count), g1 = f32x4.div(v128.load(p, 16), count);
    for (let i = kw; i > 0; --i, q += pixel) {
      v128.store(q, g0);
      v128.store(q, g1, 16);
    }
  }
}

/** Units are rows of dx. */
export function avgPool2dGradInput(dx: usize, dy: usize, window: usize, begin: i32, end: i32): void {
  const d = view(dx), e = view(dy), g = changetype<Window>(window);
  const span = (g.kh - 1) * g.dh + 1;
  const tiled =
    g.kh == g.sh && g.kw == g.sw && g.dh == 1 && g.dw == 1 && g.top + g.left == 0 &&
    e.h * g.kh == d.h && e.w * g.kw == d.w;
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / d.h;
    const iy = unit - plane * d.h;
    const row = d.rowOf(unit);
    if (tiled) {
      spreadRow(row, d.pixel, e.planeOf(plane) + (iy / g.kh) * e.row, e.pixel, e.w, g.kw, g.kh * g.kw);
      continue;
    }
    clearRow(row, d.w, d.pixel);
    const yEnd = endWindow(iy, g.top, g.sh, e.h);
    for (let oy = firstWindow(iy, g.top, span, g.sh); oy < yEnd; ++oy) {
      const top = oy * g.sh - g.top;
      // Between the window's taps.
      if ((iy - top) % g.dh != 0) continue;
      const h = extent(top, g.kh, g.dh, d.h, g.bottom, g.includePad);
      let p = e.planeOf(plane) + oy * e.row;
      for (let ox = 0, left = -g.left; ox < e.w; ++ox, left += g.sw, p += e.pixel) {
        const w = extent(left, g.kw, g.dw, d.w, g.right, g.includePad);
        const xFirst = firstTap(left, g.dw), columns = endTap(left, g.kw, g.dw, d.w) - xFirst;
        addMeanGrad(row + (left + xFirst * g.dw) * d.pixel, columns, g.dw * d.pixel, p, max(1, h * w));
      }
    }
  }
}
