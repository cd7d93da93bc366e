import { Graph } from "../../src/graph/graph.js";
import { matmul } from "../../src/ops/matmul.js";
import type { Shape } from "../../src/tensor.js";
import { elementAt, fromElements } from "../harness/dense.js";
import { type OpCase, type Ref, testOp } from "../harness/op.js";
import { suite, throwsMessage } from "../harness/suite.js";

/** numpy.matmul from its definition. */
function product(a: Ref, b: Ref): Ref {
  const left = a.shape.length === 1 ? { ...a, shape: [1, ...a.shape] } : a;
  const right = b.shape.length === 1 ? { ...b, shape: [...b.shape, 1] } : b;
  const rank = Math.max(left.shape.length, right.shape.length);
  const size = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const batch = Array.from({ length: rank - 2 }, (_, i) =>
    Math.max(size(left.shape, i), size(right.shape, i)),
  );
  const [m = 1, k = 1, n = 1] = [left.shape.at(-2), left.shape.at(-1), right.shape.at(-1)];
  const within = ({ shape }: Ref, index: readonly number[], row: number, column: number): number[] => [
    ...index.slice(rank - shape.length, -2).map((place, i) => (shape[i] === 1 ? 0 : place)),
    row,
    column,
  ];
  const full = fromElements([...batch, m, n], (index) => {
    const [row, column] = index.slice(-2) as [number, number];
    let sum = 0;
    for (let i = 0; i < k; i++)
      sum += elementAt(left, within(left, index, row, i)) * elementAt(right, within(right, index, i, column));
    return sum;
  });
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [m]), ...(b.shape.length === 1 ? [] : [n])];
  return { shape, data: full.data };
}

const times = (a: Shape, b: Shape): OpCase => ({
  name: `[${a}] times [${b}]`,
  operands: [
    { shape: a, form: "dense" },
    { shape: b, form: "dense" },
  ],
  build: (graph, [x, y]) => matmul(graph, x!, y!),
  reference: ([x, y]) => product(x!, y!),
});

testOp("matmul", [
  times([1, 1], [1, 1]),
  times([5], [5]),
  times([3, 4], [4]),
  times([4], [4, 3]),
  times([4, 7], [7, 8]),
  times([5, 3], [3, 13]),
  times([9, 16], [16, 70]),
  times([2, 3, 4, 5], [2, 3, 5, 6]),
  times([2, 3, 4, 5], [5, 6]),
  times([4, 5], [2, 3, 5, 6]),
  times([2, 1, 4, 5], [3, 5, 2]),
  times([3, 1, 2], [1, 2, 4]),
  times([5], [2, 5, 3]),
  times([2, 3, 5], [5]),
]);

const test = suite("errors of matmul");
test("shapes that do not fit", () => {
  const graph = new Graph();
  const [a, b, c] = [[2, 3], [4, 5], []].map((shape, i) => graph.denseInput(`${i}`, shape));
  throwsMessage(
    () => matmul(graph, a!, b!),
    /\[2, 3\] and \[4, 5\] do not fit; rows of 3 numbers need columns of 3/,
  );
  throwsMessage(() => matmul(graph, a!, c!), /needs vectors or matrices/);
});
test.run();
