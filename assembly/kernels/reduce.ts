// Sums, extremes and the like along one axis: x [outer, n, inner] to out [outer, inner]. In double precision.

import { at } from "../lib/simd";
import { lower, upper } from "../lib/sums";

// @ts-ignore: decorator
@unmanaged @final
class Reduction {
  kind: i32;
  n: i32;
  inner: i32;
  /** 1 for the square root of the result. */
  root: i32;
  /** What the result is multiplied by. */
  factor: f32;
}

const SUM: i32 = 0;
const SQUARES: i32 = 1;
const SIZES: i32 = 2;
const MAX: i32 = 3;
const MIN: i32 = 4;
const PRODUCT: i32 = 5;

// @ts-ignore: decorator
@inline
function startOf(kind: i32): f64 {
  return kind == MAX ? -Infinity : kind == MIN ? Infinity : kind == PRODUCT ? 1 : 0;
}

/** Two more numbers. A NaN stays one. */
// @ts-ignore: decorator
@inline
function take(kind: i32, all: v128, x: v128): v128 {
  if (kind == SIZES) return f64x2.add(all, f64x2.abs(x));
  if (kind == SQUARES) return f64x2.add(all, f64x2.mul(x, x));
  return join(kind, all, x);
}

/** What two parts make together. */
// @ts-ignore: decorator
@inline
function join(kind: i32, a: v128, b: v128): v128 {
  if (kind == MAX) return f64x2.max(a, b);
  if (kind == MIN) return f64x2.min(a, b);
  return kind == PRODUCT ? f64x2.mul(a, b) : f64x2.add(a, b);
}

// @ts-ignore: decorator
@inline
function finish(g: Reduction, x: v128): v128 {
  return f64x2.mul(g.root ? f64x2.sqrt(x) : x, f64x2.splat(<f64>g.factor));
}

/** Units are groups of four of the inner numbers, or fewer at their end, counted through them, then the outer ones. */
export function reduce(out: usize, x: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Reduction>(geometry);
  const kind = g.kind, inner = g.inner, groups = (inner + 3) >> 2, row = inner << 2;
  const none = f64x2.splat(startOf(kind));
  for (let unit = begin; unit < end; ++unit) {
    const outer = unit / groups, first = (unit - outer * groups) << 2;
    const from = at(x, outer * g.n * inner + first), to = at(out, outer * inner + first);
    const columns = inner - first;
    let left = g.n, p = from;
    if (columns >= 4) {
      let a = none, b = none;
      for (; left > 0; --left, p += row) {
        const four = v128.load(p);
        a = take(kind, a, lower(four));
        b = take(kind, b, upper(four));
      }
      a = f32x4.demote_f64x2_zero(finish(g, a));
      b = f32x4.demote_f64x2_zero(finish(g, b));
      v128.store(to, i64x2.shuffle(a, b, 0, 2));
      continue;
    }
    for (let column = 0; column < columns; ++column) {
      let a = none, b = none;
      left = g.n;
      p = at(from, column);
      if (inner == 1) {
        for (; left >= 4; left -= 4, p += 16) {
          const four = v128.load(p);
          a = take(kind, a, lower(four));
          b = take(kind, b, upper(four));
        }
        a = join(kind, a, b);
        a = join(kind, a, i64x2.shuffle(a, a, 1, 0));
      }
      for (; left > 0; --left, p += row) a = take(kind, a, f64x2.splat(<f64>load<f32>(p)));
      store<f32>(at(to, column), <f32>f64x2.extract_lane(finish(g, a), 0));
    }
  }
}

/** The product of all of a column but the number at place i. */
// @ts-ignore: decorator
@inline
function others(x: usize, n: i32, row: i32, i: i32): f64 {
  let product: f64 = 1;
  for (let k = 0; k < n; ++k, x += row) if (k != i) product *= <f64>load<f32>(x);
  return product;
}

/** Units are the numbers of dy. y: what the reduction gave. Equal extremes share the gradient. */
export function reduceGradInput(dx: usize, dy: usize, x: usize, y: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Reduction>(geometry);
  const kind = g.kind, n = g.n, row = g.inner << 2;
  for (let unit = begin; unit < end; ++unit) {
    const outer = unit / g.inner, first = outer * n * g.inner + unit - outer * g.inner;
    const from = at(x, first);
    let q = at(dx, first), p = from;
    const result = load<f32>(at(y, unit));
    let d = <f64>load<f32>(at(dy, unit)) * <f64>g.factor;
    if (kind == SQUARES) d = g.root ? (result == 0 ? 0 : d / <f64>result) : 2 * d;
    if (kind == MAX || kind == MIN) {
      let count = 0;
      for (let i = 0; i < n; ++i, p += row) count += i32(load<f32>(p) == result);
      d /= <f64>max(count, 1);
      p = from;
    }
    for (let i = 0; i < n; ++i, p += row, q += row) {
      const v = load<f32>(p);
      let slope = d;
      if (kind == SQUARES) slope *= <f64>v;
      else if (kind == SIZES) slope = v > 0 ? d : v < 0 ? -d : 0;
      else if (kind == PRODUCT) slope *= others(from, n, row, i);
      else if (kind != SUM) slope = v == result ? d : 0;
      store<f32>(q, <f32>slope);
    }
  }
}

/** Units are the numbers of out: the place of the largest (least: the smallest) of each column, the first or the last. */
export function argMax(out: usize, x: usize, n: i32, inner: i32, least: i32, last: i32, begin: i32, end: i32): void {
  for (let unit = begin; unit < end; ++unit) {
    const outer = unit / inner;
    let p = at(x, outer * n * inner + unit - outer * inner);
    let best = load<f32>(p), place = 0;
    for (let i = 0; i < n; ++i, p += inner << 2) {
      const v = load<f32>(p);
      if ((least ? v < best : v > best) || (last && v == best)) {
        best = v;
        place = i;
      }
    }
    store<f32>(at(out, unit), <f32>place);
  }
}
