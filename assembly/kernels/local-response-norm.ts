// Local response normalisation (Krizhevsky et al., 2012): y = x / s^beta with s[c] = k + alpha / size times the sum of
// x[j]^2 over the channels j from c - before to c + after. Four channels at a time; a neighbour d channels away is
// shuffled together from the two groups of four that it lies in.

import { expCalled, logCalled } from "../lib/math";
import { madd } from "../lib/simd";
import { laneMask, LANES, View, view } from "../lib/view";

// @ts-ignore: decorator
@unmanaged @final
class Neighbours {
  before: i32;
  after: i32;
  /** alpha / size. */
  alpha: f32;
  beta: f32;
  k: f32;
}

// @ts-ignore: decorator
@unmanaged @final
class Square {
  // @ts-ignore: decorator
  @inline of(neighbour: v128, own: v128): v128 { return f32x4.mul(neighbour, neighbour); }
}

// @ts-ignore: decorator
@unmanaged @final
class Product {
  // @ts-ignore: decorator
  @inline of(neighbour: v128, own: v128): v128 { return f32x4.mul(neighbour, own); }
}

/** Address of the first pixel of a row of four channels, or 0 beyond the channels there are. */
// @ts-ignore: decorator
@inline
function groupOf(v: View, n: i32, group: i32, y: i32): usize {
  if (group < 0 || group >= 2 * v.blocks) return 0;
  return v.data + n * v.image + (group >> 1) * v.block + y * v.row + (group & 1) * 16;
}

/** Adds factor F(neighbour, own) to a row of `out` for each neighbour from -before to after. */
// @ts-ignore: decorator
@inline
function addNeighbours<F>(
  out: usize,
  pixel: i32,
  own: usize,
  ownPixel: i32,
  v: View,
  n: i32,
  group: i32,
  y: i32,
  before: i32,
  after: i32,
  factor: v128,
): void {
  const f = changetype<F>(0);
  const bytes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const none = i8x16.splat(-1);
  for (let d = -before; d <= after; ++d) {
    // Channel 4 group + d begins in this group of four, and ends in the next one unless it falls between them.
    const first = (group * 4 + d) >> 2;
    const shift = i8x16.splat(<i8>((d & 3) * 4));
    let p = groupOf(v, n, first, y);
    let r = (d & 3) == 0 ? 0 : groupOf(v, n, first + 1, y);
    if (!p && !r) continue;
    // A byte index out of range gives 0, and so does a group that is not there.
    const low = p ? i8x16.add(bytes, shift) : none;
    const high = r ? i8x16.sub(i8x16.add(bytes, shift), i8x16.splat(16)) : none;
    if (!p) p = r;
    if (!r) r = p;
    let q = out, o = own;
    for (let i = v.w; i > 0; --i, q += pixel, p += v.pixel, r += v.pixel, o += ownPixel) {
      const neighbour = v128.or(v128.swizzle(v128.load(p), low), v128.swizzle(v128.load(r), high));
      v128.store(q, madd(v128.load(q), f.of(neighbour, v128.load(o)), factor));
    }
  }
}

/** A row of s. */
function scales(out: usize, pixel: i32, v: View, n: i32, group: i32, y: i32, g: Neighbours): void {
  const start = f32x4.splat(g.k);
  let q = out;
  for (let i = v.w; i > 0; --i, q += pixel) v128.store(q, start);
  addNeighbours<Square>(out, pixel, out, pixel, v, n, group, y, g.before, g.after, f32x4.splat(g.alpha));
}

/** A row of s^-beta. For 3/4, which nearly every network has, two roots are several times faster than exp and log. */
function powers(out: usize, outPixel: i32, s: usize, pixel: i32, w: i32, beta: f32): void {
  const one = f32x4.splat(1), exponent = f32x4.splat(-beta);
  let q = out, p = s;
  if (beta == 0.75) {
    for (let i = w; i > 0; --i, q += outPixel, p += pixel) {
      const root = f32x4.sqrt(v128.load(p));
      v128.store(q, f32x4.div(one, f32x4.mul(root, f32x4.sqrt(root))));
    }
  } else {
    for (let i = w; i > 0; --i, q += outPixel, p += pixel) {
      v128.store(q, expCalled(f32x4.mul(exponent, logCalled(v128.load(p)))));
    }
  }
}

/** Units are rows. */
export function localResponseNorm(out: usize, x: usize, geometry: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x), g = changetype<Neighbours>(geometry);
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const y = unit - plane * o.h;
    const n = plane / o.blocks;
    const block = plane - n * o.blocks;
    for (let half = 0; half < 2; ++half) {
      const mask = laneMask(o.c - block * LANES, half * 4);
      let q = o.rowOf(unit) + half * 16, p = v.rowOf(unit) + half * 16;
      scales(q, o.pixel, v, n, block * 2 + half, y, g);
      powers(q, o.pixel, q, o.pixel, o.w, g.beta);
      for (let i = o.w; i > 0; --i, q += o.pixel, p += v.pixel) {
        v128.store(q, v128.and(f32x4.mul(v128.load(p), v128.load(q)), mask));
      }
    }
  }
}

/** Units are rows. First half of the gradient: dx = dy s^-beta and, for the neighbours, t = dy x s^(-beta - 1). */
export function localResponseNormShare(
  dx: usize,
  t: usize,
  dy: usize,
  x: usize,
  geometry: usize,
  begin: i32,
  end: i32,
): void {
  const o = view(dx), s = view(t), u = view(dy), v = view(x), g = changetype<Neighbours>(geometry);
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const y = unit - plane * o.h;
    const n = plane / o.blocks;
    const block = plane - n * o.blocks;
    for (let half = 0; half < 2; ++half) {
      const mask = laneMask(o.c - block * LANES, half * 4);
      let q = o.rowOf(unit) + half * 16, p = v.rowOf(unit) + half * 16;
      let r = u.rowOf(unit) + half * 16, to = s.rowOf(unit) + half * 16;
      scales(to, s.pixel, v, n, block * 2 + half, y, g);
      powers(q, o.pixel, to, s.pixel, o.w, g.beta);
      for (let i = o.w; i > 0; --i, q += o.pixel, p += v.pixel, r += u.pixel, to += s.pixel) {
        const own = v128.and(f32x4.mul(v128.load(r), v128.load(q)), mask);
        v128.store(q, own);
        v128.store(to, v128.and(f32x4.div(f32x4.mul(own, v128.load(p)), v128.load(to)), mask));
      }
    }
  }
}

/** Units are rows. Second half: dx[c] -= 2 alpha / size beta x[c] times the sum of t over the channels that c is a neighbour of. */
export function localResponseNormGradInput(dx: usize, t: usize, x: usize, geometry: usize, begin: i32, end: i32): void {
  const o = view(dx), s = view(t), v = view(x), g = changetype<Neighbours>(geometry);
  const factor = f32x4.splat(-2 * g.alpha * g.beta);
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const y = unit - plane * o.h;
    const n = plane / o.blocks;
    const block = plane - n * o.blocks;
    for (let half = 0; half < 2; ++half) {
      const q = o.rowOf(unit) + half * 16, p = v.rowOf(unit) + half * 16;
      addNeighbours<Product>(q, o.pixel, p, v.pixel, s, n, block * 2 + half, y, g.after, g.before, factor);
    }
  }
}
