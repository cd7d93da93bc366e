// The contraction of a single row, which is a matrix times a vector: bound by the memory that the matrix comes from, if
// enough of its panels are read at the same time. The sums are those of `contract`, in the same order.

import { clamp, madd } from "../lib/simd";

/** Panels of 8 results and values to sum over; steps, in bytes, of the results, the panels and the residual. */
// @ts-ignore: decorator
@unmanaged @final
export class Matrix { panels: i32; count: i32; c: i32; b: i32; r: i32; low: f32; high: f32 }

/** Panels of a unit. */
const PANELS: i32 = 4;

/** 8 results. */
function panel(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Matrix): void {
  let c0 = start(bias, 0), c1 = start(bias, 16);
  for (let i = g.count; i > 0; --i, a += 4, b += 32) {
    const x = v128.load32_splat(a);
    c0 = madd(c0, x, v128.load(b));
    c1 = madd(c1, x, v128.load(b, 16));
  }
  write(c, c0, c1, residual, g);
}

/** Four times 8 results. */
function panels(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Matrix): void {
  let c00 = start(bias, 0), c01 = start(bias, 16), c10 = start(bias, 32), c11 = start(bias, 48);
  let c20 = start(bias, 64), c21 = start(bias, 80), c30 = start(bias, 96), c31 = start(bias, 112);
  const step = g.b;
  let e = b + step, f = e + step, h = f + step;
  for (let i = g.count; i > 0; --i, a += 4, b += 32, e += 32, f += 32, h += 32) {
    const x = v128.load32_splat(a);
    c00 = madd(c00, x, v128.load(b));
    c01 = madd(c01, x, v128.load(b, 16));
    c10 = madd(c10, x, v128.load(e));
    c11 = madd(c11, x, v128.load(e, 16));
    c20 = madd(c20, x, v128.load(f));
    c21 = madd(c21, x, v128.load(f, 16));
    c30 = madd(c30, x, v128.load(h));
    c31 = madd(c31, x, v128.load(h, 16));
  }
  write(c, c00, c01, residual, g);
  write(c + g.c, c10, c11, next(residual, g.r), g);
  write(c + 2 * g.c, c20, c21, next(residual, 2 * g.r), g);
  write(c + 3 * g.c, c30, c31, next(residual, 3 * g.r), g);
}

// @ts-ignore: decorator
@inline function start(bias: usize, bytes: usize): v128 {
  return bias == 0 ? f32x4.splat(0) : v128.load(bias + bytes);
}

/** An address further on, if there is one. */
// @ts-ignore: decorator
@inline export function next(p: usize, bytes: i32): usize {
  return p == 0 ? 0 : p + bytes;
}

/** Writes 8 results, whose bias is in them. */
export function write(c: usize, x0: v128, x1: v128, residual: usize, g: Matrix): void {
  if (residual != 0) {
    x0 = f32x4.add(x0, v128.load(residual));
    x1 = f32x4.add(x1, v128.load(residual, 16));
  }
  const low = f32x4.splat(g.low), high = f32x4.splat(g.high);
  v128.store(c, clamp(x0, low, high));
  v128.store(c, clamp(x1, low, high), 16);
}

/** Units are groups of four panels. b: [panels][count][8]. */
export function contractVector(
  out: usize, a: usize, b: usize, bias: usize, residual: usize, matrix: usize, begin: i32, end: i32,
): void {
  const g = changetype<Matrix>(matrix);
  for (let unit = begin; unit < end; ++unit) {
    const first = unit * PANELS, last = min(first + PANELS, g.panels);
    if (last - first == PANELS) {
      panels(out + first * g.c, a, b + first * g.b, next(bias, first * 32), next(residual, first * g.r), g);
      continue;
    }
    for (let i = first; i < last; ++i) {
      panel(out + i * g.c, a, b + i * g.b, next(bias, i * 32), next(residual, i * g.r), g);
    }
  }
}
