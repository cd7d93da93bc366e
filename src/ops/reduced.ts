import { check } from "../errors.js";
import { adaptiveAvgPool2d } from "./adaptive-avg-pool2d.js";
import { aroundAxis, axisOf, range } from "./axes.js";
import { toDense } from "./dense.js";
import type { GraphWriter, Value } from "./op.js";
import { transposed } from "./rearrange.js";
import { type ReduceAttrs, reduce } from "./reduce.js";
import { reshaped } from "./reshape.js";

/** Kinds of reductions, by what they make of n numbers. */
const KINDS = {
  sum: () => ({ base: "sum", root: false, factor: 1 }),
  mean: (n) => ({ base: "sum", root: false, factor: 1 / n }),
  max: () => ({ base: "max", root: false, factor: 1 }),
  min: () => ({ base: "min", root: false, factor: 1 }),
  prod: () => ({ base: "product", root: false, factor: 1 }),
  /** The sum of the sizes. */
  l1: () => ({ base: "sizes", root: false, factor: 1 }),
  /** The root of the sum of squares. */
  l2: () => ({ base: "squares", root: true, factor: 1 }),
  sumSquare: () => ({ base: "squares", root: false, factor: 1 }),
} as const satisfies Record<string, (n: number) => ReduceAttrs>;

export type ReductionKind = keyof typeof KINDS;

/**
 * One number in place of those along the axes: their mean, sum, ... With `keepDims` the axes stay, of size 1. Gives a
 * dense value, but the mean over h and w of a blocked [n, c, h, w] stays blocked.
 */
export function reduced(
  graph: GraphWriter,
  value: Value,
  kind: ReductionKind,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  const { shape } = value;
  const kinds = Object.keys(KINDS);
  check(kinds.includes(kind), () => `reduced: "${kind}" is unknown; use one of ${kinds.join(", ")}.`);
  const chosen = [...new Set(axes.map((axis) => axisOf("reduced", axis, shape)))].sort((a, b) => a - b);
  const result = keepDims
    ? shape.map((size, axis) => (chosen.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !chosen.includes(axis));
  if (chosen.length === 0) return value;
  if (value.form === "blocked" && kind === "mean" && shape.length === 4 && chosen.join() === "2,3") {
    return reshaped(graph, graph.add(adaptiveAvgPool2d, [value], { oh: 1, ow: 1 }), result);
  }
  let x = toDense(graph, value);
  let [first = 0] = chosen;
  if (chosen.at(-1)! - first + 1 > chosen.length) {
    const others = range(shape.length).filter((axis) => !chosen.includes(axis));
    x = transposed(graph, x, [...others, ...chosen]);
    first = others.length;
  }
  const around = aroundAxis(x.shape, first, chosen.length);
  const attrs = KINDS[kind](around[1]);
  return reshaped(graph, graph.add(reduce, [reshaped(graph, x, around)], attrs), result);
}
