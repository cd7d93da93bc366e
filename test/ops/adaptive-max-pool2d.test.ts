import { Graph } from "../../src/graph/graph.js";
import { adaptiveMaxPool2d } from "../../src/ops/adaptive-max-pool2d.js";
import type { Shape } from "../../src/tensor.js";
import { elementAt, fromElements } from "../harness/dense.js";
import { type OpCase, testOp } from "../harness/op.js";
import { suite, throwsMessage } from "../harness/suite.js";

/** The pixels of window i of `count`, as torch defines them. */
const pixels = (i: number, size: number, count: number): number[] => {
  const start = Math.floor((i * size) / count);
  return Array.from({ length: Math.ceil(((i + 1) * size) / count) - start }, (_, k) => start + k);
};

const pool = (shape: Shape, [oh, ow]: [number, number]): OpCase => {
  const flat = shape.length === 3;
  const [n = 1, c = 1] = shape;
  return {
    name: `[${shape}] to ${oh}x${ow}`,
    operands: [{ shape }],
    build: (graph, [x]) => adaptiveMaxPool2d(graph, x!, oh, ow),
    reference: ([x]) =>
      fromElements(flat ? [n, c, ow] : [n, c, oh, ow], (index) => {
        const rows = flat ? [[]] : pixels(index[2]!, shape[2]!, oh).map((y) => [y]);
        const columns = pixels(index.at(-1)!, shape.at(-1)!, ow);
        return Math.max(
          ...rows.flatMap((row) =>
            columns.map((column) => elementAt(x!, [index[0]!, index[1]!, ...row, column])),
          ),
        );
      }),
  };
};

testOp("adaptiveMaxPool2d", [
  pool([2, 9, 7, 5], [1, 1]),
  pool([1, 3, 6, 8], [2, 4]),
  pool([1, 9, 7, 8], [3, 4]),
  pool([2, 3, 5, 4], [5, 3]),
  pool([1, 2, 2, 3], [4, 5]),
  pool([2, 3, 7], [1, 3]),
]);

const test = suite("errors of adaptiveMaxPool2d");
test("sizes that make no sense", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 2, 7, 8]);
  throwsMessage(() => adaptiveMaxPool2d(graph, x, 0, 2), /output size is 0x2; it must be whole numbers of 1/);
  const line = graph.input("line", [1, 2, 7]);
  throwsMessage(() => adaptiveMaxPool2d(graph, line, 2, 2), /for \[n, c, l\] with height 1/);
});
test.run();
