// Convolution of each channel by itself: the vectors' lanes are the channels, so nothing is summed across them.

import { at, madd } from "../lib/simd";
import { BLOCK_BYTES, laneMask, LANES, view } from "../lib/view";
import { Taps } from "../lib/window";

/** Pixels, or taps of a gradient, that are computed together: two accumulators each, in registers. */
const TILE: i32 = 4;

/** out[0..count) = bias + the sum over the taps of weight * x. `count` is a literal at every call, so the branches fold. */
// @ts-ignore: decorator
@inline
function pixelTile(
  count: i32, out: usize, step: i32, x: usize, xStep: i32, row: i32, pixel: i32,
  weight: usize, kh: i32, kw: i32, bias0: v128, bias1: v128,
): void {
  let c00 = bias0, c01 = bias1, c10 = bias0, c11 = bias1, c20 = bias0, c21 = bias1, c30 = bias0, c31 = bias1;
  for (; kh > 0; --kh, x += row) {
    let p = x;
    for (let i = kw; i > 0; --i, p += pixel, weight += 4 * LANES) {
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
  v128.store(out, c00);
  v128.store(out, c01, 16);
  if (count > 1) {
    out += step;
    v128.store(out, c10);
    v128.store(out, c11, 16);
  }
  if (count > 2) {
    out += step;
    v128.store(out, c20);
    v128.store(out, c21, 16);
  }
  if (count > 3) {
    out += step;
    v128.store(out, c30);
    v128.store(out, c31, 16);
  }
}

/** The same for w pixels and 4 of the lanes, where the kernel is 3 x 3 without dilation: its weights stay in registers. */
function row3x3(out: usize, step: i32, x: usize, xStep: i32, row: i32, weight: usize, bias: v128, w: i32): void {
  const w0 = v128.load(weight), w1 = v128.load(weight, 32), w2 = v128.load(weight, 64);
  const w3 = v128.load(weight, 96), w4 = v128.load(weight, 128), w5 = v128.load(weight, 160);
  const w6 = v128.load(weight, 192), w7 = v128.load(weight, 224), w8 = v128.load(weight, 256);
  let y = x + row, z = y + row;
  for (; w > 0; --w, x += xStep, y += xStep, z += xStep, out += step) {
    let c = madd(bias, v128.load(x), w0);
    c = madd(c, v128.load(x, 32), w1);
    c = madd(c, v128.load(x, 64), w2);
    c = madd(c, v128.load(y), w3);
    c = madd(c, v128.load(y, 32), w4);
    c = madd(c, v128.load(y, 64), w5);
    c = madd(c, v128.load(z), w6);
    c = madd(c, v128.load(z, 32), w7);
    c = madd(c, v128.load(z, 64), w8);
    v128.store(out, c);
  }
}

/** Units are rows of out. x is padded already; weight [blocks][kh][kw][8]; bias [c], or address 0 for none. */
export function depthwiseConv2d(out: usize, x: usize, weight: usize, bias: usize, taps: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x), g = changetype<Taps>(taps);
  const kh = g.kh, kw = g.kw, row = g.dh * v.row, pixel = g.dw * v.pixel;
  const step = o.pixel, xStep = g.sw * v.pixel;
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const block = plane % o.blocks;
    let b0 = f32x4.splat(0), b1 = b0;
    if (bias != 0) {
      const lanes = o.lanesOfRow(unit);
      b0 = v128.and(v128.load(at(bias, block * LANES)), laneMask(lanes, 0));
      b1 = v128.and(v128.load(at(bias, block * LANES), 16), laneMask(lanes, 4));
    }
    const w = at(weight, block * kh * kw * LANES);
    let p = v.planeOf(plane) + (unit - plane * o.h) * g.sh * v.row;
    let q = o.rowOf(unit);
    if (kh == 3 && kw == 3 && pixel == BLOCK_BYTES) {
      row3x3(q, step, p, xStep, row, w, b0, o.w);
      row3x3(q + 16, step, p + 16, xStep, row, w + 16, b1, o.w);
      continue;
    }
    // Near-equal tiles: 9 pixels as 3, 3, 3 rather than 4, 4, 1.
    let left = o.w;
    for (let tiles = (left + TILE - 1) / TILE; tiles > 0; --tiles) {
      const count = (left + tiles - 1) / tiles;
      switch (count) {
        case 1: pixelTile(1, q, step, p, xStep, row, pixel, w, kh, kw, b0, b1); break;
        case 2: pixelTile(2, q, step, p, xStep, row, pixel, w, kh, kw, b0, b1); break;
        case 3: pixelTile(3, q, step, p, xStep, row, pixel, w, kh, kw, b0, b1); break;
        default: pixelTile(4, q, step, p, xStep, row, pixel, w, kh, kw, b0, b1);
      }
      q += count * step;
      p += count * xStep;
      left -= count;
    }
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
