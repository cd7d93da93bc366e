// Products of matrices of dense numbers: c[m][n] = the sum over k of a[m][k] b[k][n].

import { at, madd, zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Product {
  m: i32; n: i32; k: i32;
  /** Floats from one row of a to the next, and from one column; the columns of b are next to each other. */
  am: i32; ak: i32;
}

/** Rows and columns of c in one unit of work. */
const ROWS: i32 = 4;
const COLUMNS: i32 = 64;

/** 4 rows x 4 columns. Rows past the last one repeat it: step is 0 there. */
// @ts-ignore: decorator
@inline
function tile(c: usize, a: usize, b: usize, g: Product, rows: i32): void {
  const ak = g.ak << 2, bk = g.n << 2, am = g.am << 2;
  const a1 = rows > 1 ? am : 0, a2 = rows > 2 ? 2 * am : 0, a3 = rows > 3 ? 3 * am : 0;
  let c0 = zero(), c1 = c0, c2 = c0, c3 = c0;
  for (let i = g.k; i > 0; --i, a += ak, b += bk) {
    const w = v128.load(b);
    c0 = madd(c0, v128.load32_splat(a), w);
    c1 = madd(c1, v128.load32_splat(a + a1), w);
    c2 = madd(c2, v128.load32_splat(a + a2), w);
    c3 = madd(c3, v128.load32_splat(a + a3), w);
  }
  v128.store(c, c0);
  if (rows > 1) v128.store(at(c, g.n), c1);
  if (rows > 2) v128.store(at(c, 2 * g.n), c2);
  if (rows > 3) v128.store(at(c, 3 * g.n), c3);
}

/** 4 rows x 8 columns. */
// @ts-ignore: decorator
@inline
function wideTile(c: usize, a: usize, b: usize, g: Product): void {
  const ak = g.ak << 2, bk = g.n << 2, a1 = g.am << 2, a2 = 2 * a1, a3 = 3 * a1;
  let c00 = zero(), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (let i = g.k; i > 0; --i, a += ak, b += bk) {
    const w0 = v128.load(b), w1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = madd(c00, x, w0);
    c01 = madd(c01, x, w1);
    x = v128.load32_splat(a + a1);
    c10 = madd(c10, x, w0);
    c11 = madd(c11, x, w1);
    x = v128.load32_splat(a + a2);
    c20 = madd(c20, x, w0);
    c21 = madd(c21, x, w1);
    x = v128.load32_splat(a + a3);
    c30 = madd(c30, x, w0);
    c31 = madd(c31, x, w1);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c = at(c, g.n);
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c = at(c, g.n);
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c = at(c, g.n);
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/** One number of c. */
// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, g: Product): f32 {
  const ak = g.ak << 2, bk = g.n << 2;
  let sum: f64 = 0;
  for (let i = g.k; i > 0; --i, a += ak, b += bk) sum += <f64>load<f32>(a) * <f64>load<f32>(b);
  return <f32>sum;
}

/**
 * Units are tiles of 4 x 64 numbers of c, counted through columns, rows, then products. starts: where a and b of each
 * product begin, in floats; c's follow each other.
 */
export function matmul(
  out: usize, a: usize, b: usize, starts: usize, geometry: usize, begin: i32, end: i32,
): void {
  const g = changetype<Product>(geometry);
  const across = (g.n + COLUMNS - 1) / COLUMNS, down = (g.m + ROWS - 1) / ROWS;
  for (let unit = begin; unit < end; ++unit) {
    const band = unit / across, product = band / down;
    const row = (band - product * down) * ROWS;
    let column = (unit - band * across) * COLUMNS;
    const rows = min(ROWS, g.m - row), stop = min(column + COLUMNS, g.n);
    const p = at(a, load<i32>(at(starts, 2 * product)) + row * g.am);
    const r = at(b, load<i32>(at(starts, 2 * product + 1)));
    const q = at(out, (product * g.m + row) * g.n);
    if (rows == ROWS) {
      for (; column <= stop - 8; column += 8) wideTile(at(q, column), p, at(r, column), g);
    }
    for (; column <= stop - 4; column += 4) tile(at(q, column), p, at(r, column), g, rows);
    for (; column < stop; ++column) {
      for (let i = 0; i < rows; ++i) store<f32>(at(q, i * g.n + column), dot(at(p, i * g.am), at(r, column), g));
    }
  }
}
