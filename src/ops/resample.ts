import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import { aroundAxis, axisOf } from "./axes.js";
import { toDense } from "./dense.js";
import type { GraphWriter, Op, Value } from "./op.js";
import { reshaped } from "./reshape.js";

/** One of the numbers that make an output: its place along the axis, and what it is multiplied by. */
export interface Tap {
  readonly index: number;
  readonly weight: number;
}

/** A matrix of few entries, row by row: those of row i are starts[i] to starts[i + 1] - 1. */
interface Matrix {
  /** Numbers along the axis of x, and of the output. */
  readonly n: number;
  readonly m: number;
  readonly starts: Int32Array;
  readonly places: Int32Array;
  readonly weights: Float32Array;
}

function matrixOf(n: number, rows: readonly (readonly Tap[])[]): Matrix {
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((taps, i) => {
    starts[i + 1] = starts[i]! + taps.length;
  });
  const taps = rows.flat();
  return {
    n,
    m: rows.length,
    starts,
    places: Int32Array.from(taps, ({ index }) => index),
    weights: Float32Array.from(taps, ({ weight }) => weight),
  };
}

function transposedMatrix({ n, m, starts, places, weights }: Matrix): Matrix {
  const rows: Tap[][] = Array.from({ length: n }, () => []);
  for (let i = 0; i < m; i++) {
    for (let k = starts[i]!; k < starts[i + 1]!; k++) {
      rows[places[k]!]!.push({ index: i, weight: weights[k]! });
    }
  }
  return matrixOf(m, rows);
}

/** x [outer, n, inner] to [outer, m, inner]: a linear map along the middle. */
const resample: Op<Matrix> = {
  name: "resample",
  infer: ([x], { m }) => [{ shape: [x!.shape[0]!, m, x!.shape[2]!], form: "dense" }],
  macs: ({ inputs, attrs }) => inputs[0]!.shape[0]! * attrs.places.length * inputs[0]!.shape[2]!,
  sight: () => "all",
  gradient: (graph, node, [dy]) => [graph.add(resample, [dy!], transposedMatrix(node.attrs))],
  steps(node, plan) {
    const [outer = 1, m = 1, inner = 1] = node.outputs[0]!.shape;
    const { n, starts, places, weights } = node.attrs;
    plan.step(
      "resample",
      outer * m,
      [
        ...[plan.place(node.outputs[0]!), plan.place(node.inputs[0]!)],
        ...[starts, places, weights].map((table) => plan.table(table)),
        plan.constants([n, m, inner]),
      ],
      4 + (2 * inner * places.length) / m,
    );
  },
};

/**
 * A linear map along one axis: place i of the output is the sum of weight times the number at `index` over taps[i]; 0
 * without any. Interpolation has two taps for each place, cubic interpolation four. Gives a dense value.
 */
export function resized(
  graph: GraphWriter,
  value: Value,
  axis: number,
  taps: readonly (readonly Tap[])[],
): Value {
  const { shape } = value;
  const at = axisOf("resized", axis, shape);
  const size = shape[at]!;
  check(
    taps.flat().every(({ index }) => Number.isInteger(index) && index >= 0 && index < size),
    () =>
      `resized: a tap lies outside of the ${size} numbers along axis ${axis} of ${formatShape(shape)}; it must be from 0 ` +
      `to ${size - 1}.`,
  );
  const x = reshaped(graph, toDense(graph, value), aroundAxis(shape, at));
  const y = graph.add(resample, [x], matrixOf(size, taps));
  return reshaped(
    graph,
    y,
    shape.map((old, i) => (i === at ? taps.length : old)),
  );
}
