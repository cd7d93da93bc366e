import { laneMask, View, view } from "../lib/view";
import { clearRow, endTap, firstTap, Window } from "../lib/window";

/** The larger of both, or a NaN if there is one: pmax gives its first operand then, so that one of the two keeps it. */
// @ts-ignore: decorator
@inline
function larger(a: v128, b: v128): v128 {
  return v128.or(f32x4.pmax(a, b), f32x4.pmax(b, a));
}

/** The largest of `size` pixels one above the other. */
// @ts-ignore: decorator
@inline
function column(size: i32, x: i32, last: i32, pixel: i32, p0: usize, p1: usize, p2: usize): v128 {
  const i = max(0, min(x, last)) * pixel;
  const m = larger(v128.load(p0 + i), v128.load(p1 + i));
  return size > 2 ? larger(m, v128.load(p2 + i)) : m;
}

/**
 * A row of windows of 2 x 2 or 3 x 3 neighbours, `size` being a literal at every call: what neighbouring windows share is found
 * once. Outside the image its edge is seen, which is as good as nothing, since the same window sees it anyway.
 */
// @ts-ignore: decorator
@inline
function row(size: i32, stride: i32, q: usize, o: View, x: i32, v: View, p0: usize, p1: usize, p2: usize): void {
  const last = v.w - 1, pixel = v.pixel, step = o.pixel;
  for (let half = 0; half < 2; ++half, q += 16, p0 += 16, p1 += 16, p2 += 16) {
    let a = column(size, x, last, pixel, p0, p1, p2);
    let b = column(size, x + 1, last, pixel, p0, p1, p2);
    for (let i = o.w, ox = x + 2, to = q; ; ox += stride, to += step) {
      if (size == 2) {
        v128.store(to, larger(a, b));
      } else {
        const c = column(size, ox, last, pixel, p0, p1, p2);
        v128.store(to, larger(larger(a, b), c));
        if (stride == 1) {
          a = b;
          b = c;
        } else a = c;
      }
      if (--i == 0) break;
      if (size == 2) a = column(size, ox + stride - 2, last, pixel, p0, p1, p2);
      if (stride == 2) b = column(size, ox + stride - 1, last, pixel, p0, p1, p2);
    }
  }
}

/** Units are rows of out. The largest pixel of each window, or a NaN if it has one; -infinity outside the image. */
export function maxPool2d(out: usize, x: usize, window: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x), g = changetype<Window>(window);
  const pixel = g.dw * v.pixel, next = g.dh * v.row;
  const close = g.dh == 1 && g.dw == 1 && g.kh == g.kw;
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const y = (unit - plane * o.h) * g.sh - g.top;
    if (close && (g.kw == 3 && g.sw <= 2 || g.kw == 2 && g.sw == 2)) {
      const lines = v.planeOf(plane), last = v.h - 1;
      const p0 = lines + max(0, y) * v.row, p1 = lines + max(0, min(y + 1, last)) * v.row;
      const p2 = lines + min(y + 2, last) * v.row;
      if (g.kw == 2) row(2, 2, o.rowOf(unit), o, -g.left, v, p0, p1, p1);
      else row(3, g.sw, o.rowOf(unit), o, -g.left, v, p0, p1, p2);
      continue;
    }
    const yFirst = firstTap(y, g.dh), yEnd = endTap(y, g.kh, g.dh, v.h);
    const lines = v.planeOf(plane) + (y + yFirst * g.dh) * v.row;
    // A window without a pixel must not leave -infinity in lanes that are no channel.
    const lanes = o.lanesOfRow(unit);
    const low = laneMask(lanes, 0), high = laneMask(lanes, 4);
    let q = o.rowOf(unit);
    for (let ox = 0, left = -g.left; ox < o.w; ++ox, left += g.sw, q += o.pixel) {
      const xFirst = firstTap(left, g.dw), xEnd = endTap(left, g.kw, g.dw, v.w);
      let m0 = f32x4.splat(-Infinity), m1 = m0;
      // All ones, which is a NaN, in lanes that met one: pmax passes them by.
      let nan0 = f32x4.splat(0), nan1 = nan0;
      let line = lines + (left + xFirst * g.dw) * v.pixel;
      for (let i = yEnd - yFirst; i > 0; --i, line += next) {
        let p = line;
        for (let j = xEnd - xFirst; j > 0; --j, p += pixel) {
          const a = v128.load(p), b = v128.load(p, 16);
          m0 = f32x4.pmax(m0, a);
          m1 = f32x4.pmax(m1, b);
          nan0 = v128.or(nan0, f32x4.ne(a, a));
          nan1 = v128.or(nan1, f32x4.ne(b, b));
        }
      }
      v128.store(q, v128.and(v128.or(m0, nan0), low));
      v128.store(q, v128.and(v128.or(m1, nan1), high), 16);
    }
  }
}

/** Units are planes of dx. Each window's gradient goes to the first of its pixels that is the largest. y: what the pooling gave. */
export function maxPool2dGradInput(dx: usize, dy: usize, x: usize, y: usize, window: usize, begin: i32, end: i32): void {
  const d = view(dx), e = view(dy), v = view(x), o = view(y), g = changetype<Window>(window);
  for (let plane = begin; plane < end; ++plane) {
    const to = d.planeOf(plane), from = v.planeOf(plane);
    for (let iy = 0; iy < d.h; ++iy) clearRow(to + iy * d.row, d.w, d.pixel);
    for (let oy = 0, top = -g.top; oy < o.h; ++oy, top += g.sh) {
      const yFirst = firstTap(top, g.dh), yEnd = endTap(top, g.kh, g.dh, v.h);
      let r = o.planeOf(plane) + oy * o.row, s = e.planeOf(plane) + oy * e.row;
      for (let ox = 0, left = -g.left; ox < o.w; ++ox, left += g.sw, r += o.pixel, s += e.pixel) {
        const xFirst = firstTap(left, g.dw), xEnd = endTap(left, g.kw, g.dw, v.w);
        const y0 = v128.load(r), y1 = v128.load(r, 16);
        // What is left to give away: a lane's gradient until its pixel is found.
        let g0 = v128.load(s), g1 = v128.load(s, 16);
        for (let ky = yFirst; ky < yEnd; ++ky) {
          const iy = top + ky * g.dh;
          for (let kx = xFirst; kx < xEnd; ++kx) {
            const ix = left + kx * g.dw;
            const p = from + iy * v.row + ix * v.pixel, q = to + iy * d.row + ix * d.pixel;
            const a = v128.load(p), b = v128.load(p, 16);
            const hit0 = v128.or(f32x4.eq(a, y0), f32x4.ne(a, a)), hit1 = v128.or(f32x4.eq(b, y1), f32x4.ne(b, b));
            v128.store(q, f32x4.add(v128.load(q), v128.and(g0, hit0)));
            v128.store(q, f32x4.add(v128.load(q, 16), v128.and(g1, hit1)), 16);
            g0 = v128.andnot(g0, hit0);
            g1 = v128.andnot(g1, hit1);
          }
        }
      }
    }
  }
}
