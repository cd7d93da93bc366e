import { check, checkCount, checkOptions, show } from "../../errors.js";
import type { Input } from "../../functional/call.js";
import { matmul } from "../../functional/matrices.js";
import { conv1d } from "../../functional/windows.js";
import { Tensor } from "../../tensor.js";
import { colorOf } from "../color-map.js";
import type { Figure, PicturePanel } from "../figure/figure.js";
import { formatCount, formatNumber } from "../numbers.js";
import { largestDifference, matrixPanel, painted } from "./panels.js";
import { vectorOf } from "./picture.js";

export interface EquivariantLinearMap {
  /** The convolution as a matrix [n, n]: its output is the matrix times the input. */
  readonly matrix: Tensor;
  /** The largest distance between shifting, then mapping and mapping, then shifting, by one place on a ring. */
  readonly shiftError: number;
  /** Parameters of a linear map of n numbers to n: of any, of one that sees k neighbours, and of one that is the same everywhere besides. */
  readonly parameters: { readonly full: number; readonly local: number; readonly shared: number };
  readonly figure: Figure;
}

export interface EquivariantLinearMapOptions {
  /** What lies beyond the ends: the other end (a circulant matrix) or zeros (a Toeplitz matrix). Default "circular". */
  readonly padding?: "circular" | "zeros";
}

/**
 * Convolution as what is left of the linear maps of n numbers when they shall look only at neighbours (most of the matrix is 0) and
 * commute with shifts (each row is the one above it, moved by one). The kernel is a list of an odd number of numbers, at most n.
 */
export function equivariantLinearMap(
  n: number,
  kernel: Input,
  options: EquivariantLinearMapOptions = {},
): EquivariantLinearMap {
  const what = "equivariantLinearMap";
  checkOptions(what, options, ["padding"]);
  const { padding = "circular" } = options;
  check(
    padding === "circular" || padding === "zeros",
    () => `${what}: padding is ${show(padding)}; it must be "circular" or "zeros".`,
  );
  checkCount(`${what}: n`, n, 1, 1024);
  const weights = vectorOf(`${what}: the kernel`, kernel);
  const k = weights.size;
  check(
    k % 2 === 1 && k <= n,
    () => `${what}: the kernel has ${k} numbers; it must have an odd number of them, at most n = ${n}.`,
  );
  // What the convolution makes of each unit vector is a column of its matrix.
  const reach = (k - 1) / 2;
  const mapped = (values: Tensor): Tensor => {
    const rows = conv1d(values.reshape(n, 1, n), weights.reshape(1, 1, k), {
      padding: reach,
      paddingMode: padding,
    });
    return transposed(rows.reshape(n, n));
  };
  const identity = square(n, (i, j) => (i === j ? 1 : 0));
  const matrix = mapped(identity);
  const shift = square(n, (i, j) => (i === (j + 1) % n ? 1 : 0));
  const shiftError = largestDifference(matmul(matrix, shift).data, matmul(shift, matrix).data);
  const parameters = { full: n * n, local: n * k, shared: k };
  return { matrix, shiftError, parameters, figure: figureOf(matrix, k, padding, shiftError, parameters) };
}

const square = (n: number, of: (i: number, j: number) => number): Tensor =>
  new Tensor(
    Float32Array.from({ length: n * n }, (_, p) => of(Math.floor(p / n), p % n)),
    [n, n],
  );

const transposed = (matrix: Tensor): Tensor => {
  const n = matrix.shape[0]!;
  return square(n, (i, j) => matrix.data[j * n + i]!);
};

function figureOf(
  matrix: Tensor,
  k: number,
  padding: "circular" | "zeros",
  shiftError: number,
  { full, local, shared }: EquivariantLinearMap["parameters"],
): Figure {
  const n = matrix.shape[0]!;
  const reach = (k - 1) / 2;
  /** Which of the kernel's numbers stands in a row and a column, if any. */
  const tap = (i: number, j: number): number | null => {
    const ahead = j - i + reach;
    const place = padding === "circular" ? ((ahead % n) + n) % n : ahead;
    return place >= 0 && place < k ? place : null;
  };
  const pattern = (
    title: string,
    caption: string,
    count: number,
    parameter: (i: number, j: number) => number | null,
  ): PicturePanel => ({
    kind: "picture",
    title,
    caption,
    image: painted(n, n, (p) => {
      const which = parameter(Math.floor(p / n), p % n);
      return which === null ? [255, 255, 255] : colorOf("viridis", count > 1 ? which / (count - 1) : 0);
    }),
    scale: { map: "viridis", from: 1, to: count, label: "which parameter" },
  });
  const ring = padding === "circular";
  return {
    title: "Convolution is the local linear map that commutes with shifts",
    text:
      "Each picture is the matrix of a linear map: rows are outputs, columns inputs, and a colour is a parameter. Seeing only neighbours " +
      "empties the matrix; treating all places alike makes every diagonal one number.",
    columns: 3,
    panels: [
      pattern(
        `Any linear map: ${formatCount(full)} parameters`,
        "Every output has a weight of its own for every input: n · n.",
        full,
        (i, j) => i * n + j,
      ),
      pattern(
        `Local: ${formatCount(local)} parameters`,
        `Every output sees ${k} neighbours, with weights of its own: n · k. White is 0.`,
        local,
        (i, j) => {
          const place = tap(i, j);
          return place === null ? null : i * k + place;
        },
      ),
      pattern(
        `Local and shared: ${formatCount(shared)} parameters`,
        `The same weights at every place: k. The matrix is ${ring ? "circulant" : "a Toeplitz matrix"}: diagonals of one number.`,
        shared,
        tap,
      ),
      matrixPanel("The convolution's own matrix", matrix, {
        map: "signed",
        caption:
          `Its columns are what the convolution makes of unit vectors. ` +
          (shiftError < 1e-6
            ? `Shifting before or after makes no difference: they differ by ${formatNumber(shiftError)}.`
            : `On a ring, shifting before or after differs by up to ${formatNumber(shiftError)}, at the ends, where zeros come in.`),
      }),
      {
        kind: "plot",
        title: "Parameters",
        x: { label: "linear map", names: ["any", "local", "shared"] },
        y: { label: "parameters" },
        series: [{ label: "parameters", x: [0, 1, 2], y: [full, local, shared], style: "bars" }],
      },
    ],
  };
}
