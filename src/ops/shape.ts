import { check, checkCount, show } from "../errors.js";
import { formatShape, type Shape } from "../tensor.js";
import type { Value } from "./op.js";

/** A pair given as one number or two, [height, width]. */
export type Size2 = number | readonly [number, number];

/** [height, width] of a size given either way. Throws when it is not a whole number of at least `least`. */
export function pair(what: string, size: Size2, least: number): [number, number] {
  const sizes = Array.isArray(size) ? size : [size, size];
  check(
    sizes.length === 2 && sizes.every((side) => Number.isSafeInteger(side) && side >= least),
    () => `${what} is ${show(size)}; it must be a whole number, or two, of at least ${least}.`,
  );
  return [sizes[0], sizes[1]];
}

/** [height, width] of a window's size or step; in one dimension a number, the width, to a height of 1. */
export function windowPair(what: string, size: Size2, dimensions: 1 | 2): [number, number] {
  if (dimensions === 2) return pair(what, size, 1);
  checkCount(what, size);
  return [1, size];
}

/** Throws unless the value has one of the ranks, saying which. `layout` shows the order of dimensions. */
export function checkRank(what: string, value: Value, ranks: readonly number[], layout: string): void {
  check(
    ranks.includes(value.shape.length),
    () => `${what}: the input has shape ${formatShape(value.shape)}, but it must be ${layout}.`,
  );
}

/** Output size along one dimension: floor((in - (k - 1) d - 1 + p + s) / s), or its ceiling (torch's ceil_mode). */
export function windowCount(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
  ceil = false,
): number {
  const span = size + before + after - (kernel - 1) * dilation - 1;
  if (!ceil) return Math.floor(span / stride) + 1;
  const count = Math.ceil(span / stride) + 1;
  // The last window must begin inside the input or its leading padding.
  return (count - 1) * stride >= size + before ? count - 1 : count;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
