import { Graph } from "../../src/graph/graph.js";
import { adaptiveMaxPool2d } from "../../src/ops/adaptive-max-pool2d.js";
import type { Shape } from "../../src/tensor.js";
import { type OpCase, testOp } from "../harness/op.js";
import { poolAttrs, poolRef } from "../harness/pooling.js";
import { suite, throwsMessage } from "../harness/suite.js";

const pool = (shape: Shape, [oh, ow]: [number, number]): OpCase => {
  const [h = 1, w = 1] = shape.length === 4 ? shape.slice(2) : [1, shape[2]!];
  return {
    name: `[${shape}] to ${oh}x${ow}`,
    operands: [{ shape }],
    build: (graph, [x]) => adaptiveMaxPool2d(graph, x!, oh, ow),
    reference: ([x]) =>
      poolRef(x!, poolAttrs([h / oh, w / ow], { sh: h / oh, sw: w / ow }), (pixels) => Math.max(...pixels)),
  };
};

testOp("adaptiveMaxPool2d", [
  pool([2, 9, 7, 5], [1, 1]),
  pool([1, 3, 6, 8], [2, 4]),
  pool([2, 3, 6], [1, 3]),
]);

const test = suite("errors of adaptiveMaxPool2d");
test("windows that do not come out even", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 2, 7, 8]);
  throwsMessage(
    () => adaptiveMaxPool2d(graph, x, 2, 2),
    /2x2 windows do not share the 7x8 pixels of \[1, 2, 7, 8\]/,
  );
});
test.run();
