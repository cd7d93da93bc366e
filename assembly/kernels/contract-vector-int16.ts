// A matrix of 16-bit whole numbers times a vector: half the memory to read. Each row of the matrix has a factor of its own.

import { at, madd } from "../lib/simd";
import { LANES } from "../lib/view";
import { Matrix, next, write } from "./contract-vector";

/** Outputs and inputs of a linear layer, the inputs rounded up to whole blocks too. */
// @ts-ignore: decorator
@unmanaged @final
class Sizes { outs: i32; ins: i32; count: i32 }

/** The largest of the 16-bit numbers. */
const MOST: f32 = 32767;

/** A row of smaller weights is one of zeros: their factor, and what makes whole numbers of them, would leave the range of floats. */
const LEAST: f32 = 1e-30;

/** The largest size of a row's weights, or NaN if one of them is not finite. */
function largest(row: usize, count: i32): f32 {
  let most: f32 = 0;
  for (let i = 0; i < count; ++i) {
    const size = abs<f32>(load<f32>(at(row, i)));
    // By its bits: the compiler takes numbers to be numbers.
    if (reinterpret<i32>(size) >= 0x7f800000) return NaN;
    if (size > most) most = size;
  }
  return most;
}

/**
 * Units are panels of 8 outputs. out: [panels][count][8] numbers, then [panels][8] factors. weight: [outs][ins]; each output's are
 * multiplied by its `scale`, if that is not 0.
 */
export function packInt16(out: usize, weight: usize, scale: usize, sizes: usize, begin: i32, end: i32): void {
  const g = changetype<Sizes>(sizes);
  const panelBytes = g.count * LANES * 2;
  const factors = out + ((g.outs + LANES - 1) / LANES) * panelBytes;
  for (let k = begin * LANES; k < end * LANES; ++k) {
    let q = out + (k / LANES) * panelBytes + (k % LANES) * 2;
    const row = at(weight, min(k, g.outs - 1) * g.ins);
    const most = largest(row, g.ins);
    let factor = most / MOST;
    if (k < g.outs && scale != 0) factor *= load<f32>(at(scale, k));
    store<f32>(at(factors, k), k < g.outs ? factor : 0);
    // A row of zeros or next to it, or with numbers that are none, whose factor is NaN: zeros.
    const up: f32 = k < g.outs && most > LEAST ? MOST / most : 0;
    for (let i = 0; i < g.count; ++i, q += 2 * LANES) {
      store<i16>(q, up > 0 && i < g.ins ? <i16>nearest<f32>(load<f32>(at(row, i)) * up) : 0);
    }
  }
}

/** 8 results of one panel, from sums of whole numbers. */
function scaled(c: usize, x0: v128, x1: v128, panel: i32, factors: usize, bias: usize, residual: usize, g: Matrix): void {
  const factor = at(factors, panel * LANES);
  x0 = f32x4.mul(x0, v128.load(factor));
  x1 = f32x4.mul(x1, v128.load(factor, 16));
  if (bias != 0) {
    x0 = f32x4.add(x0, v128.load(at(bias, panel * LANES)));
    x1 = f32x4.add(x1, v128.load(at(bias, panel * LANES), 16));
  }
  write(c + panel * g.c, x0, x1, next(residual, panel * g.r), g);
}

/** Four whole numbers as floats. */
// @ts-ignore: decorator
@inline function floats(p: usize): v128 {
  return f32x4.convert_i32x4_s(v128.load16x4_s(p));
}

/** Units are groups of four panels; at the end those past the last one read that again, for nothing. */
export function contractVectorInt16(
  out: usize, a: usize, b: usize, bias: usize, residual: usize, matrix: usize, begin: i32, end: i32,
): void {
  const g = changetype<Matrix>(matrix);
  const factors = b + g.panels * g.b, last = g.panels - 1;
  for (let unit = begin; unit < end; ++unit) {
    const first = unit * 4;
    let p = a, q = b + first * g.b;
    let r = q + min(1, last - first) * g.b, s = q + min(2, last - first) * g.b, t = q + min(3, last - first) * g.b;
    let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
    for (let i = g.count; i > 0; --i, p += 4, q += 16, r += 16, s += 16, t += 16) {
      const x = v128.load32_splat(p);
      c00 = madd(c00, x, floats(q));
      c01 = madd(c01, x, floats(q + 8));
      c10 = madd(c10, x, floats(r));
      c11 = madd(c11, x, floats(r + 8));
      c20 = madd(c20, x, floats(s));
      c21 = madd(c21, x, floats(s + 8));
      c30 = madd(c30, x, floats(t));
      c31 = madd(c31, x, floats(t + 8));
    }
    scaled(out, c00, c01, first, factors, bias, residual, g);
    if (first < last) scaled(out, c10, c11, first + 1, factors, bias, residual, g);
    if (first + 1 < last) scaled(out, c20, c21, first + 2, factors, bias, residual, g);
    if (first + 2 < last) scaled(out, c30, c31, first + 3, factors, bias, residual, g);
  }
}
