import type { Shape } from "../tensor.js";

interface Numbers<T> {
  readonly length: number;
  [index: number]: T;
}

/**
 * Copies elements that lie at any strides into a row-major array.
 * @param offset of the first element, in elements, as are the strides
 */
export function gather<T>(
  into: Numbers<T>,
  from: Numbers<T>,
  shape: Shape,
  strides: readonly number[],
  offset = 0,
): void {
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < into.length; i++) {
    into[i] = from[at]!;
    // Count up like an odometer, the last dimension first, and move the place along.
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      at -= index[d]! * strides[d]!;
      index[d] = 0;
    }
  }
}
