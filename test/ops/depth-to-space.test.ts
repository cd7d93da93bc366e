import { Graph } from "../../src/graph/graph.js";
import { type DepthMode, depthToSpace, spaceToDepth } from "../../src/ops/depth-to-space.js";
import type { Form } from "../../src/ops/op.js";
import { elementAt, fromElements } from "../harness/dense.js";
import { type OpCase, testOp } from "../harness/op.js";
import { suite, throwsMessage } from "../harness/suite.js";

type Size4 = [number, number, number, number];

/** The channel that pixel (y, x) of a block of channel k comes from, as ONNX defines the modes. */
const channelOf = (mode: DepthMode, c: number, block: number, k: number, y: number, x: number): number =>
  mode === "DCR" ? (y * block + x) * c + k : (k * block + y) * block + x;

const toSpace = ([n, c, h, w]: Size4, block: number, mode: DepthMode, form: Form): OpCase => ({
  name: `${form} [${[n, c, h, w]}] by ${block}, ${mode}`,
  operands: [{ shape: [n, c * block * block, h, w], form }],
  build: (graph, [x]) => depthToSpace(graph, x!, block, mode),
  reference: ([x]) =>
    fromElements([n, c, h * block, w * block], ([i = 0, k = 0, oy = 0, ox = 0]) => {
      const channel = channelOf(mode, c, block, k, oy % block, ox % block);
      return elementAt(x!, [i, channel, Math.floor(oy / block), Math.floor(ox / block)]);
    }),
});

const toDepth = ([n, c, h, w]: Size4, block: number, mode: DepthMode, form: Form): OpCase => ({
  name: `${form} back from [${[n, c, h, w]}] by ${block}, ${mode}`,
  operands: [{ shape: [n, c, h * block, w * block], form }],
  build: (graph, [x]) => spaceToDepth(graph, x!, block, mode),
  reference([x]) {
    const y = fromElements([n, c * block * block, h, w], () => 0);
    for (let i = 0; i < n; i++)
      for (let k = 0; k < c; k++)
        for (let oy = 0; oy < h * block; oy++)
          for (let ox = 0; ox < w * block; ox++) {
            const channel = channelOf(mode, c, block, k, oy % block, ox % block);
            const row = (i * c * block * block + channel) * h + Math.floor(oy / block);
            y.data[row * w + Math.floor(ox / block)] = elementAt(x!, [i, k, oy, ox]);
          }
    return y;
  },
});

testOp(
  "depthToSpace",
  (["DCR", "CRD"] as const).flatMap((mode) => [
    toSpace([2, 3, 2, 3], 2, mode, "dense"),
    toSpace([1, 2, 3, 2], 3, mode, "blocked"),
    toDepth([2, 3, 2, 3], 2, mode, "blocked"),
    toDepth([1, 2, 3, 2], 3, mode, "dense"),
  ]),
);

const test = suite("errors of depthToSpace");
test("blocks that do not fit", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 6, 3, 4]);
  throwsMessage(
    () => depthToSpace(graph, x, 2, "DCR"),
    /blocks of 2x2 pixels do not fit the input \[1, 6, 3, 4\]; 4 must divide/,
  );
  throwsMessage(() => spaceToDepth(graph, x, 2), /they must divide height and width/);
});
test.run();
