import { Graph } from "../../src/graph/graph.js";
import { argMax, argMin } from "../../src/ops/arg-max.js";
import { type ReductionKind, reduced } from "../../src/ops/reduced.js";
import type { Random } from "../../src/random.js";
import type { Shape } from "../../src/tensor.js";
import { fromElements, indexOf } from "../harness/dense.js";
import { type OpCase, type OperandSpec, type Ref, testOp } from "../harness/op.js";
import { suite, throwsMessage } from "../harness/suite.js";

const DEFINITIONS: Record<ReductionKind, (numbers: number[]) => number> = {
  sum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  mean: (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length,
  max: (numbers) => Math.max(...numbers),
  min: (numbers) => Math.min(...numbers),
  prod: (numbers) => numbers.reduce((a, b) => a * b, 1),
  l1: (numbers) => numbers.reduce((a, b) => a + Math.abs(b), 0),
  l2: (numbers) => Math.sqrt(numbers.reduce((a, b) => a + b * b, 0)),
  sumSquare: (numbers) => numbers.reduce((a, b) => a + b * b, 0),
};

/** What `of` makes of the numbers along the axes. */
function over(x: Ref, axes: readonly number[], keepDims: boolean, of: (numbers: number[]) => number): Ref {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const shape = keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis));
  const columns = new Map<string, number[]>();
  x.data.forEach((element, i) => {
    const key = indexOf(x.shape, i)
      .filter((_, axis) => !axes.includes(axis))
      .join();
    columns.set(key, [...(columns.get(key) ?? []), element]);
  });
  const results = [...columns.values()].map(of);
  let i = 0;
  return fromElements(shape, () => results[i++]!);
}

const reduction = (
  kind: ReductionKind,
  shape: Shape,
  axes: readonly number[],
  keepDims = false,
  operand: Partial<OperandSpec> = {},
): OpCase => ({
  name: `${kind} of ${operand.form ?? "dense"} [${shape}] along [${axes}]${keepDims ? ", kept" : ""}`,
  operands: [{ shape, form: "dense", ...operand }],
  build: (graph, [x]) => reduced(graph, x!, kind, axes, keepDims),
  reference: ([x]) => over(x!, axes, keepDims, DEFINITIONS[kind]),
});

/** Normal numbers, and a NaN at one place. */
const withNaN = (place: number) => (random: Random, i: number) =>
  i === place ? Number.NaN : random.normal();

const kinds = Object.keys(DEFINITIONS) as ReductionKind[];
testOp("reduced", [
  ...kinds.flatMap((kind) => [
    reduction(kind, [7], [0]),
    reduction(kind, [2, 5, 7], [1]),
    reduction(kind, [3, 4, 13], [2], true),
    reduction(kind, [2, 3, 4, 2], [0, 2]),
  ]),
  reduction("mean", [3, 1, 2], [0, 1, 2]),
  reduction("sum", [3, 2], []),
  reduction("mean", [2, 11, 3, 4], [2, 3], true, { form: "blocked" }),
  reduction("mean", [2, 11, 3, 4], [2, 3], false, { form: "blocked" }),
  reduction("max", [2, 11, 3, 4], [1, 2], false, { form: "blocked" }),
  // One of the factors is 0, so only its own gradient is not.
  reduction("prod", [2, 4], [1], false, { fill: (random, i) => (i === 2 ? 0 : random.normal()) }),
  // At 0 the length has a corner, whose middle slope is 0.
  reduction("l2", [3, 5], [1], false, { fill: (random, i) => (i < 5 ? 0 : random.normal()) }),
  reduction("l2", [3, 4, 2], [1], false, { fill: (random, i) => (i % 2 ? 0 : random.normal()) }),
  // Two equal extremes share the gradient.
  reduction("max", [2, 4], [1], false, { fill: (_, i) => [3, 1, 3, 0][i % 4]! }),
  reduction("min", [2, 4], [1], false, { fill: (_, i) => [1, 3, 1, 2][i % 4]! }),
  // A number that is none, wherever it stands, is what comes out; other columns are as ever.
  ...(["max", "min"] as const).flatMap((kind) =>
    [0, 3, 4, 6].flatMap((place) => [
      { ...reduction(kind, [2, 7], [1], false, { fill: withNaN(place) }), gradient: false },
      { ...reduction(kind, [7, 6], [0], false, { fill: withNaN(6 * place + 1) }), gradient: false },
    ]),
  ),
  // Where one long sum of floats would lose the fourth digit.
  {
    ...reduction("mean", [2, 20000], [1], false, { fill: (random) => 100 + random.normal() }),
    rtol: 1e-6,
    atol: 0,
    gradient: false,
  },
]);

const place = (least: boolean, last: boolean, shape: Shape, axis: number, keepDims: boolean): OpCase => ({
  name: `[${shape}] along axis ${axis}, the ${last ? "last" : "first"} of the ${least ? "least" : "largest"}`,
  operands: [{ shape, form: "dense", fill: (random) => random.int(4) }],
  build: (graph, [x]) => (least ? argMin : argMax)(graph, x!, axis, keepDims, last),
  reference: ([x]) =>
    over(x!, [axis], keepDims, (numbers) => {
      const best = least ? Math.min(...numbers) : Math.max(...numbers);
      return last ? numbers.lastIndexOf(best) : numbers.indexOf(best);
    }),
  gradient: false,
});

testOp(
  "argMax",
  [true, false].flatMap((least) =>
    [true, false].flatMap((last) => [
      place(least, last, [9], 0, false),
      place(least, last, [2, 5, 3], 1, true),
      place(least, last, [2, 3, 7], 2, false),
    ]),
  ),
);

const test = suite("errors of reduced");
test("what does not exist is named", () => {
  const graph = new Graph();
  const x = graph.denseInput("x", [2, 3]);
  throwsMessage(
    () => reduced(graph, x, "sum", [2], true),
    /no axis 2 in the shape \[2, 3\]; its axes are 0 to 1/,
  );
  throwsMessage(
    () => reduced(graph, x, "median" as ReductionKind, [0], true),
    /"median" is unknown; use one of/,
  );
});
test.run();
