import { blocked } from "../../src/ops/blocked.js";
import { multiply } from "../../src/ops/multiply.js";
import { type OpCase, testOp } from "../harness/op.js";

const alone = (shape: number[], to: number[]): OpCase => ({
  name: `[${shape}]`,
  operands: [{ shape, form: "dense" }],
  build: (graph, [x]) => graph.add(blocked, [x!], { shape: to }),
  reference: ([x]) => ({ shape: to, data: x!.data }),
});

testOp("blocked", [
  alone([1], [1, 1, 1, 1]),
  alone([13], [1, 13]),
  alone([3, 9, 2, 5], [3, 9, 2, 5]),
  {
    name: "a learned scale of each channel",
    operands: [{ shape: [2, 11, 3, 2] }, { shape: [11], form: "dense" }],
    build: (graph, [x, scale]) =>
      graph.add(multiply, [x!, graph.add(blocked, [scale!], { shape: [1, 11, 1, 1] })], {}),
    reference: ([x, scale]) => ({
      shape: x!.shape,
      data: x!.data.map((value, i) => value * scale!.data[Math.floor(i / 6) % 11]!),
    }),
  },
]);
