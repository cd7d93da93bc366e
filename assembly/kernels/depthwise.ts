// Convolution of each channel by itself: the vectors' lanes are the channels, so nothing is summed across them.

import { clearLanes } from "../lib/rows";
import { at, clamp, madd, zero } from "../lib/simd";
import { BLOCK_BYTES, LANES, view } from "../lib/view";
import { Taps } from "../lib/window";

/** Pixels, or taps of a gradient, that are computed together: two accumulators each, in registers. */
const TILE: i32 = 4;

/** Pixels of a tile of {@link tiles5}: many maps of networks for images are a multiple of 7 wide. */
const WIDE: i32 = 7;

/** Constants: the window, and what the sums are kept between. */
// @ts-ignore: decorator
@unmanaged @final
class Geometry extends Taps {
  low: f32;
  high: f32;

  // @ts-ignore: decorator
  @inline get bounded(): bool { return this.low != -Infinity || this.high != Infinity; }

  // @ts-ignore: decorator
  @inline clamped(x: v128): v128 { return clamp(x, f32x4.splat(this.low), f32x4.splat(this.high)); }
}

/** count pixels of any kernel. `count` is a literal at every call, so the branches fold. */
// @ts-ignore: decorator
@inline
function pixels(
  count: i32, out: usize, step: i32, x: usize, xStep: i32, row: i32, pixel: i32,
  weight: usize, bias0: v128, bias1: v128, g: Geometry,
): void {
  let c00 = bias0, c01 = bias1, c10 = bias0, c11 = bias1, c20 = bias0, c21 = bias1, c30 = bias0, c31 = bias1;
  for (let kh = g.kh; kh > 0; --kh, x += row) {
    let p = x;
    for (let i = g.kw; i > 0; --i, p += pixel, weight += BLOCK_BYTES) {
      const w0 = v128.load(weight), w1 = v128.load(weight, 16);
      c00 = madd(c00, v128.load(p), w0);
      c01 = madd(c01, v128.load(p, 16), w1);
      let q = p;
      if (count > 1) {
        q += xStep;
        c10 = madd(c10, v128.load(q), w0);
        c11 = madd(c11, v128.load(q, 16), w1);
      }
      if (count > 2) {
        q += xStep;
        c20 = madd(c20, v128.load(q), w0);
        c21 = madd(c21, v128.load(q, 16), w1);
      }
      if (count > 3) {
        q += xStep;
        c30 = madd(c30, v128.load(q), w0);
        c31 = madd(c31, v128.load(q, 16), w1);
      }
    }
  }
  const low = f32x4.splat(g.low), high = f32x4.splat(g.high);
  v128.store(out, clamp(c00, low, high));
  v128.store(out, clamp(c01, low, high), 16);
  if (count > 1) {
    out += step;
    v128.store(out, clamp(c10, low, high));
    v128.store(out, clamp(c11, low, high), 16);
  }
  if (count > 2) {
    out += step;
    v128.store(out, clamp(c20, low, high));
    v128.store(out, clamp(c21, low, high), 16);
  }
  if (count > 3) {
    out += step;
    v128.store(out, clamp(c30, low, high));
    v128.store(out, clamp(c31, low, high), 16);
  }
}

/**
 * Two rows of w pixels, 4 of the lanes, of a 3 x 3 kernel without dilation: its weights stay in registers, and what both
 * rows see is loaded once. `stride`, 1 or 2, is a literal at every call.
 */
// @ts-ignore: decorator
@inline
function rows3x3(
  stride: i32, out: usize, outRow: i32, step: i32, w: i32, x: usize, row: i32, weight: usize, bias: v128, g: Geometry,
): void {
  const w0 = v128.load(weight), w1 = v128.load(weight, 32), w2 = v128.load(weight, 64);
  const w3 = v128.load(weight, 96), w4 = v128.load(weight, 128), w5 = v128.load(weight, 160);
  const w6 = v128.load(weight, 192), w7 = v128.load(weight, 224), w8 = v128.load(weight, 256);
  const bounded = g.bounded;
  for (; w > 0; --w, x += stride * BLOCK_BYTES, out += step) {
    let p = x, a = v128.load(p), c = madd(bias, a, w0), d = bias;
    a = v128.load(p, 32); c = madd(c, a, w1);
    a = v128.load(p, 64); c = madd(c, a, w2);
    p += row;
    a = v128.load(p); c = madd(c, a, w3); if (stride == 1) d = madd(d, a, w0);
    a = v128.load(p, 32); c = madd(c, a, w4); if (stride == 1) d = madd(d, a, w1);
    a = v128.load(p, 64); c = madd(c, a, w5); if (stride == 1) d = madd(d, a, w2);
    p += row;
    a = v128.load(p); c = madd(c, a, w6); d = madd(d, a, stride == 1 ? w3 : w0);
    a = v128.load(p, 32); c = madd(c, a, w7); d = madd(d, a, stride == 1 ? w4 : w1);
    a = v128.load(p, 64); c = madd(c, a, w8); d = madd(d, a, stride == 1 ? w5 : w2);
    if (stride == 2) {
      p += row;
      a = v128.load(p); d = madd(d, a, w3);
      a = v128.load(p, 32); d = madd(d, a, w4);
      a = v128.load(p, 64); d = madd(d, a, w5);
    }
    p += row;
    a = v128.load(p); d = madd(d, a, w6);
    a = v128.load(p, 32); d = madd(d, a, w7);
    a = v128.load(p, 64); d = madd(d, a, w8);
    if (bounded) { c = g.clamped(c); d = g.clamped(d); }
    v128.store(out, c);
    v128.store(out + outRow, d);
  }
}

/**
 * Tiles of 7 pixels, 4 of the lanes, of a kernel 5 wide without dilation: each pixel of x is loaded once for all that see it.
 * `stride`, 1 or 2, is a literal at every call.
 */
// @ts-ignore: decorator
@inline
function tiles5(
  stride: i32, tiles: i32, out: usize, step: i32, x: usize, row: i32, weight: usize, bias: v128, g: Geometry,
): void {
  for (; tiles > 0; --tiles, x += WIDE * stride * BLOCK_BYTES) {
    let c0 = bias, c1 = bias, c2 = bias, c3 = bias, c4 = bias, c5 = bias, c6 = bias;
    let line = x, weights = weight;
    for (let i = g.kh; i > 0; --i, line += row, weights += 5 * BLOCK_BYTES) {
      const w0 = v128.load(weights), w1 = v128.load(weights, 32), w2 = v128.load(weights, 64);
      const w3 = v128.load(weights, 96), w4 = v128.load(weights, 128);
      if (stride == 1) {
        let a = v128.load(line); c0 = madd(c0, a, w0);
        a = v128.load(line, 32); c0 = madd(c0, a, w1); c1 = madd(c1, a, w0);
        a = v128.load(line, 64); c0 = madd(c0, a, w2); c1 = madd(c1, a, w1); c2 = madd(c2, a, w0);
        a = v128.load(line, 96); c0 = madd(c0, a, w3); c1 = madd(c1, a, w2); c2 = madd(c2, a, w1);
          c3 = madd(c3, a, w0);
        a = v128.load(line, 128); c0 = madd(c0, a, w4); c1 = madd(c1, a, w3); c2 = madd(c2, a, w2);
          c3 = madd(c3, a, w1); c4 = madd(c4, a, w0);
        a = v128.load(line, 160); c1 = madd(c1, a, w4); c2 = madd(c2, a, w3); c3 = madd(c3, a, w2);
          c4 = madd(c4, a, w1); c5 = madd(c5, a, w0);
        a = v128.load(line, 192); c2 = madd(c2, a, w4); c3 = madd(c3, a, w3); c4 = madd(c4, a, w2);
          c5 = madd(c5, a, w1); c6 = madd(c6, a, w0);
        a = v128.load(line, 224); c3 = madd(c3, a, w4); c4 = madd(c4, a, w3); c5 = madd(c5, a, w2);
          c6 = madd(c6, a, w1);
        a = v128.load(line, 256); c4 = madd(c4, a, w4); c5 = madd(c5, a, w3); c6 = madd(c6, a, w2);
        a = v128.load(line, 288); c5 = madd(c5, a, w4); c6 = madd(c6, a, w3);
        a = v128.load(line, 320); c6 = madd(c6, a, w4);
      } else {
        let a = v128.load(line); c0 = madd(c0, a, w0);
        a = v128.load(line, 32); c0 = madd(c0, a, w1);
        a = v128.load(line, 64); c0 = madd(c0, a, w2); c1 = madd(c1, a, w0);
        a = v128.load(line, 96); c0 = madd(c0, a, w3); c1 = madd(c1, a, w1);
        a = v128.load(line, 128); c0 = madd(c0, a, w4); c1 = madd(c1, a, w2); c2 = madd(c2, a, w0);
        a = v128.load(line, 160); c1 = madd(c1, a, w3); c2 = madd(c2, a, w1);
        a = v128.load(line, 192); c1 = madd(c1, a, w4); c2 = madd(c2, a, w2); c3 = madd(c3, a, w0);
        a = v128.load(line, 224); c2 = madd(c2, a, w3); c3 = madd(c3, a, w1);
        a = v128.load(line, 256); c2 = madd(c2, a, w4); c3 = madd(c3, a, w2); c4 = madd(c4, a, w0);
        a = v128.load(line, 288); c3 = madd(c3, a, w3); c4 = madd(c4, a, w1);
        a = v128.load(line, 320); c3 = madd(c3, a, w4); c4 = madd(c4, a, w2); c5 = madd(c5, a, w0);
        a = v128.load(line, 352); c4 = madd(c4, a, w3); c5 = madd(c5, a, w1);
        a = v128.load(line, 384); c4 = madd(c4, a, w4); c5 = madd(c5, a, w2); c6 = madd(c6, a, w0);
        a = v128.load(line, 416); c5 = madd(c5, a, w3); c6 = madd(c6, a, w1);
        a = v128.load(line, 448); c5 = madd(c5, a, w4); c6 = madd(c6, a, w2);
        a = v128.load(line, 480); c6 = madd(c6, a, w3);
        a = v128.load(line, 512); c6 = madd(c6, a, w4);
      }
    }
    const low = f32x4.splat(g.low), high = f32x4.splat(g.high);
    v128.store(out, clamp(c0, low, high)); out += step;
    v128.store(out, clamp(c1, low, high)); out += step;
    v128.store(out, clamp(c2, low, high)); out += step;
    v128.store(out, clamp(c3, low, high)); out += step;
    v128.store(out, clamp(c4, low, high)); out += step;
    v128.store(out, clamp(c5, low, high)); out += step;
    v128.store(out, clamp(c6, low, high)); out += step;
  }
}

// Not arms of one function: V8 would carry all that any of them keeps in registers through each.
function rows3x3By1(
  out: usize, outRow: i32, step: i32, w: i32, x: usize, row: i32, weight: usize, bias: v128, g: Geometry,
): void {
  rows3x3(1, out, outRow, step, w, x, row, weight, bias, g);
}
function rows3x3By2(
  out: usize, outRow: i32, step: i32, w: i32, x: usize, row: i32, weight: usize, bias: v128, g: Geometry,
): void {
  rows3x3(2, out, outRow, step, w, x, row, weight, bias, g);
}
function tiles5By1(tiles: i32, out: usize, step: i32, x: usize, row: i32, weight: usize, bias: v128, g: Geometry): void {
  tiles5(1, tiles, out, step, x, row, weight, bias, g);
}
function tiles5By2(tiles: i32, out: usize, step: i32, x: usize, row: i32, weight: usize, bias: v128, g: Geometry): void {
  tiles5(2, tiles, out, step, x, row, weight, bias, g);
}

/** Four of a block's biases, or zeros. */
// @ts-ignore: decorator
@inline
function biasOf(bias: usize, block: i32, half: i32): v128 {
  return bias == 0 ? zero() : v128.load(at(bias, block * LANES) + half);
}

/** Units are rows of out. x is padded already; weight [blocks][kh][kw][8]; bias [c], or address 0 for none. */
export function depthwiseConv2d(
  out: usize, x: usize, weight: usize, bias: usize, geometry: usize, begin: i32, end: i32,
): void {
  const o = view(out), v = view(x), g = changetype<Geometry>(geometry);
  const row = g.dh * v.row, pixel = g.dw * v.pixel;
  const step = o.pixel, xStep = g.sw * v.pixel;
  // Where neighbouring taps see neighbouring pixels.
  const dense = pixel == BLOCK_BYTES && g.sw <= 2;
  const paired = dense && g.kh == 3 && g.kw == 3 && g.dh == 1 && g.sh == g.sw;
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const block = plane % o.blocks;
    const y = unit - plane * o.h;
    const w = at(weight, block * g.kh * g.kw * LANES);
    let p = v.planeOf(plane) + y * g.sh * v.row;
    let q = o.rowOf(unit);
    if (paired && y + 1 < o.h && unit + 1 < end) {
      for (let half = 0; half < BLOCK_BYTES; half += 16) {
        const b = biasOf(bias, block, half);
        if (g.sw == 1) rows3x3By1(q + half, o.row, step, o.w, p + half, row, w + half, b, g);
        else rows3x3By2(q + half, o.row, step, o.w, p + half, row, w + half, b, g);
      }
      clearLanes(o, unit);
      clearLanes(o, ++unit);
      continue;
    }
    let left = o.w;
    if (dense && g.kw == 5) {
      const tiles = left / WIDE, done = tiles * WIDE;
      for (let half = 0; half < BLOCK_BYTES; half += 16) {
        const b = biasOf(bias, block, half);
        if (g.sw == 1) tiles5By1(tiles, q + half, step, p + half, row, w + half, b, g);
        else tiles5By2(tiles, q + half, step, p + half, row, w + half, b, g);
      }
      q += done * step;
      p += done * xStep;
      left -= done;
    }
    const b0 = biasOf(bias, block, 0), b1 = biasOf(bias, block, 16);
    // Near-equal tiles: 9 pixels as 3, 3, 3 rather than 4, 4, 1.
    for (let tiles = (left + TILE - 1) / TILE; tiles > 0; --tiles) {
      const count = (left + tiles - 1) / tiles;
      switch (count) {
        case 1: pixels(1, q, step, p, xStep, row, pixel, w, b0, b1, g); break;
        case 2: pixels(2, q, step, p, xStep, row, pixel, w, b0, b1, g); break;
        case 3: pixels(3, q, step, p, xStep, row, pixel, w, b0, b1, g); break;
        default: pixels(4, q, step, p, xStep, row, pixel, w, b0, b1, g);
      }
      q += count * step;
      p += count * xStep;
      left -= count;
    }
    clearLanes(o, unit);
  }
}

// @ts-ignore: decorator
@inline
function accumulate(sum: usize, a: v128, b: v128): void {
  v128.store(sum, f32x4.add(v128.load(sum), a));
  v128.store(sum, f32x4.add(v128.load(sum, 16), b), 16);
}

/** Adds to sums[0..count), of taps that follow each other, the products of a row of dy with what each tap saw of x. */
// @ts-ignore: decorator
@inline
function tapTile(count: i32, sum: usize, x: usize, xStep: i32, tap: i32, dy: usize, step: i32, w: i32): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (; w > 0; --w, x += xStep, dy += step) {
    const g0 = v128.load(dy), g1 = v128.load(dy, 16);
    c00 = madd(c00, v128.load(x), g0);
    c01 = madd(c01, v128.load(x, 16), g1);
    let q = x;
    if (count > 1) {
      q += tap;
      c10 = madd(c10, v128.load(q), g0);
      c11 = madd(c11, v128.load(q, 16), g1);
    }
    if (count > 2) {
      q += tap;
      c20 = madd(c20, v128.load(q), g0);
      c21 = madd(c21, v128.load(q, 16), g1);
    }
    if (count > 3) {
      q += tap;
      c30 = madd(c30, v128.load(q), g0);
      c31 = madd(c31, v128.load(q, 16), g1);
    }
  }
  accumulate(sum, c00, c01);
  if (count > 1) accumulate(sum + 4 * LANES, c10, c11);
  if (count > 2) accumulate(sum + 8 * LANES, c20, c21);
  if (count > 3) accumulate(sum + 12 * LANES, c30, c31);
}

/** Units are planes of x. partial[n][blocks][kh][kw][8]: the gradient from each image, summed by rows. */
export function depthwiseConv2dGradWeight(partial: usize, x: usize, dy: usize, window: usize, begin: i32, end: i32): void {
  const v = view(x), e = view(dy), g = changetype<Taps>(window);
  const kh = g.kh, kw = g.kw, tap = g.dw * v.pixel, xStep = g.sw * v.pixel;
  for (let plane = begin; plane < end; ++plane) {
    const sums = at(partial, plane * kh * kw * LANES);
    for (let i = 0; i < kh * kw * LANES; i += 4) v128.store(at(sums, i), f32x4.splat(0));
    let from = e.planeOf(plane);
    for (let y = 0; y < e.h; ++y, from += e.row) {
      let sum = sums;
      for (let ky = 0; ky < kh; ++ky) {
        let p = v.planeOf(plane) + (y * g.sh + ky * g.dh) * v.row;
        let left = kw;
        for (let tiles = (left + TILE - 1) / TILE; tiles > 0; --tiles) {
          const count = (left + tiles - 1) / tiles;
          switch (count) {
            case 1: tapTile(1, sum, p, xStep, tap, from, e.pixel, e.w); break;
            case 2: tapTile(2, sum, p, xStep, tap, from, e.pixel, e.w); break;
            case 3: tapTile(3, sum, p, xStep, tap, from, e.pixel, e.w); break;
            default: tapTile(4, sum, p, xStep, tap, from, e.pixel, e.w);
          }
          sum += count * 4 * LANES;
          p += count * tap;
          left -= count;
        }
      }
    }
  }
}
