import { Graph } from "../../src/graph/graph.js";
import { sliceChannels } from "../../src/ops/slice-channels.js";
import { sliceRef } from "../harness/channels.js";
import { type OpCase, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { suite, throwsMessage } from "../harness/suite.js";

const slice = (shape: readonly number[], start: number, count: number): OpCase => ({
  name: `[${shape}], ${count} from ${start}`,
  operands: [{ shape }],
  build: (graph, [x]) => graph.add(sliceChannels, [x!], { start, count }),
  reference: ([x]) => sliceRef(x!, start, count),
});

const cases = [
  slice([1, 1, 1, 1], 0, 1),
  slice([2, 16, 3, 5], 8, 8),
  slice([2, 20, 2, 3], 8, 5),
  slice([2, 20, 2, 3], 16, 4),
  slice([2, 11, 3, 2], 0, 7),
  slice([2, 11, 3, 2], 3, 8),
  slice([1, 30, 2, 7], 5, 21),
  slice([2, 23, 3], 6, 17),
  slice([3, 19], 13, 3),
];
testOp("sliceChannels", cases);
testPaddingLanes("sliceChannels", cases);

const test = suite("errors of sliceChannels");
test("channels that do not exist", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 5, 2, 2]);
  throwsMessage(
    () => graph.add(sliceChannels, [x], { start: 3, count: 3 }),
    /3 channels from channel 3 on do not exist in \[1, 5, 2, 2\], which has 5/,
  );
});
test.run();
