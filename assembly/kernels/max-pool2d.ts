import { laneMask, view } from "../lib/view";
import { clearRow, endTap, firstTap, Window } from "../lib/window";

/** Units are rows of out. The largest pixel of each window, or a NaN if it has one; -infinity outside the image. */
export function maxPool2d(out: usize, x: usize, window: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x), g = changetype<Window>(window);
  const pixel = g.dw * v.pixel, row = g.dh * v.row;
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const y = (unit - plane * o.h) * g.sh - g.top;
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
      for (let i = yEnd - yFirst; i > 0; --i, line += row) {
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
