import { check } from "../errors.js";
import type { Place } from "./layout.js";
import type { StepWriter } from "./op.js";

/** One of the numbers that make an output: its place along the axis, and what it is multiplied by. */
export interface Tap {
  readonly index: number;
  readonly weight: number;
}

/** The taps of each place of the output. */
export type Taps = readonly (readonly Tap[])[];

/** A matrix of few entries, row by row: those of row i are starts[i] to starts[i + 1] - 1. */
export interface Matrix {
  /** Numbers along the axis of x, and of the output. */
  readonly n: number;
  readonly m: number;
  readonly starts: Int32Array;
  readonly places: Int32Array;
  readonly weights: Float32Array;
}

/** Throws when a tap lies outside of the n numbers. */
export function matrixOf(what: string, n: number, rows: Taps): Matrix {
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((taps, i) => {
    starts[i + 1] = starts[i]! + taps.length;
  });
  const taps = rows.flat();
  const wrong = taps.find(({ index }) => !Number.isInteger(index) || index < 0 || index >= n);
  check(
    !wrong,
    () =>
      `${what}: a tap lies at ${wrong!.index}, but there are ${n} numbers; it must be from 0 to ${n - 1}.`,
  );
  return {
    n,
    m: rows.length,
    starts,
    places: Int32Array.from(taps, ({ index }) => index),
    weights: Float32Array.from(taps, ({ weight }) => weight),
  };
}

/** Rows and columns exchanged: the gradient of what the matrix does. */
export function turned({ n, m, starts, places, weights }: Matrix): Matrix {
  const rows: Tap[][] = Array.from({ length: n }, () => []);
  for (let i = 0; i < m; i++) {
    for (let k = starts[i]!; k < starts[i + 1]!; k++) {
      rows[places[k]!]!.push({ index: i, weight: weights[k]! });
    }
  }
  return matrixOf("turned", m, rows);
}

/** How numbers lie, [n0][n1][n2][axis][inner]: bytes from one to the next along all but the last. */
export type Strides = readonly [n0: number, n1: number, n2: number, axis: number];

/** Appends the kernel call that multiplies the numbers along an axis by the matrix. */
export function writeResample(
  plan: StepWriter,
  out: { place: Place; strides: Strides },
  x: { place: Place; strides: Strides },
  [n0, n1, n2]: readonly [number, number, number],
  inner: number,
  { m, starts, places, weights }: Matrix,
): void {
  plan.step(
    "resample",
    n0 * n1 * n2 * m,
    [
      ...[out.place, x.place],
      ...[starts, places, weights].map((table) => plan.table(table)),
      plan.constants([n1, n2, m, inner, ...x.strides, ...out.strides]),
    ],
    8 + (2 * inner * places.length) / m,
  );
}
