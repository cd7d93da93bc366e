import type { Input } from "../../functional/call.js";
import { Tensor } from "../../tensor.js";
import type { Figure } from "../figure/figure.js";
import { formatNumber } from "../numbers.js";
import { extent, largestDifference, matrixPanel, sized } from "./panels.js";
import { kernelOf } from "./picture.js";
import { singularValues } from "./singular-values.js";

/** A kernel as the product of a column and a row, or the nearest to that. */
export interface SeparableKernel {
  /** How many products of a column and a row the kernel is made of: 1 if it is separable, 0 if it is zero. */
  readonly rank: number;
  /** Their sizes, largest first. */
  readonly singularValues: number[];
  /** Of the nearest separable kernel, [kh, 1]: in whole numbers where it can be, its largest number positive. */
  readonly column: Tensor;
  /** [1, kw]. */
  readonly row: Tensor;
  /** Column times row, [kh, kw]: the kernel itself at rank 1. */
  readonly product: Tensor;
  /** What the product misses, as a share of the kernel: the length of the difference by that of the kernel, 0 to 1. */
  readonly error: number;
  readonly figure: Figure;
}

/**
 * Whether a kernel [kh, kw] is separable: it is, if it has rank 1, and then two narrow convolutions, kh × 1 and 1 × kw, do what
 * it does. Otherwise the nearest separable kernel (Eckart and Young, 1936).
 */
export function separableKernel(kernel: Input): SeparableKernel {
  const w = kernelOf("separableKernel", kernel);
  const [kh = 0, kw = 0] = w.shape;
  const { values, columns, rows } = singularValues(w.data, kh, kw);
  const rank = values.filter((value) => value > 1e-6 * values[0]!).length;
  const [side, along] = [columns[0]!, rows[0]!];
  const factor = scaleOf(side, values[0]!);
  const column = new Tensor(
    Float32Array.from(side, (value) => value * factor),
    [kh, 1],
  );
  const row = new Tensor(
    Float32Array.from(along, (value) => (factor === 0 ? 0 : (value * values[0]!) / factor)),
    [1, kw],
  );
  const product = new Tensor(
    Float32Array.from({ length: kh * kw }, (_, i) => column.data[Math.floor(i / kw)]! * row.data[i % kw]!),
    [kh, kw],
  );
  const [all, missed] = [Math.hypot(...values), Math.hypot(...values.subarray(1))];
  const error = all > 0 && rank > 1 ? missed / all : 0;
  return {
    rank,
    singularValues: [...values],
    column,
    row,
    product,
    error,
    figure: figureOf(w, column, row, product, [...values], rank, error),
  };
}

/**
 * What to multiply a column of length 1 with: where it is made of multiples of its smallest number, so that this becomes 1, as in
 * (1, 2, 1); otherwise so that it is as long as the row. Its largest number comes out positive.
 */
function scaleOf(column: Float64Array, value: number): number {
  const sizes = [...column].map(Math.abs);
  const most = Math.max(...sizes);
  const least = Math.min(...sizes.filter((size) => size > 1e-6 * most));
  const isWhole = sizes.every((size) => Math.abs(size / least - Math.round(size / least)) < 1e-4);
  const sign = (column.find((entry) => Math.abs(entry) > (1 - 1e-6) * most) ?? 0) < 0 ? -1 : 1;
  if (value === 0) return 0;
  return sign * (isWhole ? 1 / least : Math.sqrt(value));
}

function figureOf(
  kernel: Tensor,
  column: Tensor,
  row: Tensor,
  product: Tensor,
  values: readonly number[],
  rank: number,
  error: number,
): Figure {
  const [kh = 0, kw = 0] = kernel.shape;
  const [least, most] = extent([...kernel.data, ...product.data]);
  const reach = Math.max(-least, most);
  const colours = { map: "signed", range: [-reach, reach] } as const;
  // What is rounding is shown as 0.
  const missing = new Tensor(
    kernel.data.map((value, i) => {
      const missed = value - product.data[i]!;
      return Math.abs(missed) > 1e-6 * reach ? missed : 0;
    }),
    kernel.shape,
  );
  const cost = `${kh + kw} multiply-adds for each pixel in place of ${kh * kw}`;
  return {
    title:
      rank <= 1 ? "A separable kernel: a column times a row" : `A kernel of rank ${rank} is not separable`,
    text:
      rank <= 1
        ? `This kernel is a column times a row, so convolving with the one and then with the other does the same: ${cost}.`
        : `It takes ${rank} products of a column and a row to make this kernel. The nearest single product misses ${formatNumber(100 * error)} % of it.`,
    columns: 3,
    panels: [
      matrixPanel(`The kernel, ${sized(kernel)}`, kernel, colours),
      matrixPanel("The column", column, { map: "signed" }),
      matrixPanel("The row", row, { map: "signed" }),
      matrixPanel("Column times row", product, colours),
      matrixPanel("What that misses", missing, {
        ...colours,
        caption:
          rank <= 1
            ? "Nothing: the product is the kernel."
            : `At most ${formatNumber(largestDifference(kernel.data, product.data))}.`,
      }),
      {
        kind: "plot",
        title: "Singular values",
        caption: `The sizes of the products of a column and a row that make the kernel. Those that are not 0: ${rank}, its rank.`,
        x: { label: "product", names: values.map((_, i) => String(i + 1)) },
        y: { label: "size" },
        series: [{ label: "singular value", x: values.map((_, i) => i), y: values, style: "bars" }],
      },
    ],
  };
}
