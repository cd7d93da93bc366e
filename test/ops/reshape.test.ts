import { Graph } from "../../src/graph/graph.js";
import { reshape } from "../../src/ops/reshape.js";
import { type OpCase, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { suite, throwsMessage } from "../harness/suite.js";

const change = (from: readonly number[], to: readonly number[]): OpCase => ({
  name: `[${from}] to [${to}]`,
  operands: [{ shape: from }],
  build: (graph, [x]) => graph.add(reshape, [x!], { shape: to }),
  reference: ([x]) => ({ shape: to, data: x!.data }),
});

const cases = [
  change([1, 1, 1, 1], [1, 1]),
  change([2, 3, 4, 5], [2, 60]),
  change([2, 16, 5, 5], [2, 400]),
  change([2, 60], [2, 3, 4, 5]),
  change([3, 9, 1, 1], [3, 9]),
  change([1, 17, 2, 3], [1, 6, 17]),
  change([2, 6, 17], [2, 17, 3, 2]),
  change([2, 8, 2, 2], [2, 2, 4, 4]),
];
testOp("reshape", cases);
testPaddingLanes("reshape", cases);

const test = suite("errors of reshape");
test("sizes that differ", () => {
  const graph = new Graph();
  const x = graph.input("x", [2, 3, 4]);
  throwsMessage(() => graph.add(reshape, [x], { shape: [2, 13] }), /\[2, 3, 4\] cannot become \[2, 13\]/);
  throwsMessage(() => graph.add(reshape, [x], { shape: [4, 6] }), /batch and size must stay/);
});
test.run();
