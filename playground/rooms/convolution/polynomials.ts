// Convolution along one dimension: the product of two polynomials.

import { conv1d, multiply, type Tensor, tensor } from "featuremap/functional";

/** The coefficients of the product, those of the lowest power first, by true convolution. */
export function product(a: readonly number[], b: readonly number[]): Tensor {
  return conv1d([...a], [...b], { flip: true, padding: b.length - 1 });
}

/** The pairs that make coefficient `n` of the product: a_i times b_(n - i). */
export interface Term {
  readonly i: number;
  readonly j: number;
  readonly value: number;
}

export function termsOf(a: readonly number[], b: readonly number[], n: number): Term[] {
  const pairs = [...a.keys()].map((i) => ({ i, j: n - i })).filter(({ j }) => j >= 0 && j < b.length);
  const values = multiply(tensor(pairs.map(({ i }) => a[i]!)), tensor(pairs.map(({ j }) => b[j]!)));
  return pairs.map((pair, at) => ({ ...pair, value: values.data[at]! }));
}
