import simd from "wasm:simd";
import worker from "worker:inline";
import { Graph } from "../../src/graph/graph.js";
import { Plan } from "../../src/graph/plan.js";
import { clip } from "../../src/ops/clip.js";
import { conv2d } from "../../src/ops/conv2d.js";
import { pad } from "../../src/ops/pad.js";
import { Runtime } from "../../src/wasm/runtime.js";
import { padRef } from "../harness/channels.js";
import { conv, convAttrs, convolve } from "../harness/convolution.js";
import { type OpCase, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { assert, suite } from "../harness/suite.js";

const depthwise = (
  [n, c, h, w]: [number, number, number, number],
  kernel: [number, number],
  attrs: Parameters<typeof conv>[3] = {},
  bias = true,
): OpCase => conv([n, c, h, w], c, kernel, { ...attrs, groups: c }, bias);

const cases = [
  depthwise([1, 2, 1, 1], [1, 1]),
  depthwise([2, 8, 5, 4], [3, 3]),
  depthwise([2, 17, 7, 6], [3, 3]),
  depthwise([1, 3, 9, 11], [5, 5], {}, false),
  depthwise([2, 11, 6, 13], [1, 7]),
  depthwise([1, 5, 12, 3], [6, 1]),
  depthwise([2, 9, 9, 8], [3, 3], { sh: 2, sw: 2 }),
  depthwise([1, 16, 10, 13], [3, 2], { sh: 3, sw: 4 }),
  depthwise([2, 4, 11, 12], [3, 4], { dh: 2, dw: 3 }),
  depthwise([1, 10, 13, 14], [5, 3], { sh: 2, dw: 2, dh: 3 }),
  depthwise([1, 6, 7, 6], [3, 3], { flip: true }),
  depthwise([2, 3, 8, 9], [2, 5], { flip: true, sw: 2 }, false),
  depthwise([1, 8, 4, 9], [4, 9], {}),
  depthwise([3, 9, 9, 6], [3, 3]),
  depthwise([1, 4, 8, 13], [3, 3], { sh: 2 }),
  depthwise([2, 11, 12, 9], [3, 3], { sh: 2, sw: 2 }, false),
  depthwise([2, 9, 6, 19], [5, 5]),
  depthwise([1, 10, 7, 22], [3, 5], { sh: 2, dh: 2 }),
  depthwise([2, 5, 9, 22], [5, 5], { sh: 2, sw: 2 }, false),
  {
    ...depthwise([2, 9, 8, 13], [3, 3]),
    name: "kept between bounds above zero",
    gradient: false,
    build(graph, [x, w, b]) {
      const y = graph.add(conv2d, [x!, w!, b!], convAttrs({ groups: 9 }));
      return graph.add(clip, [y], { min: 0.5, max: 2 });
    },
    reference([x, w, b]) {
      const y = convolve(x!, w!, b!, convAttrs({ groups: 9 }));
      return { ...y, data: y.data.map((sum) => Math.min(Math.max(sum, 0.5), 2)) };
    },
  } satisfies OpCase,
  {
    name: "on a padded input, in the middle of a network",
    operands: [
      { shape: [2, 5, 5, 4] },
      { shape: [5, 1, 3, 3], form: "dense" },
      { shape: [5, 1, 3, 3], form: "dense" },
    ],
    build(graph, [x, first, second]) {
      const padding = { top: 1, left: 1, bottom: 1, right: 1, mode: "zeros" } as const;
      const attrs = convAttrs({ groups: 5 });
      const y = graph.add(conv2d, [graph.add(pad, [x!], padding), first!, null], attrs);
      return graph.add(conv2d, [graph.add(pad, [y], padding), second!, null], attrs);
    },
    reference([x, first, second]) {
      const attrs = convAttrs({ groups: 5 });
      const y = convolve(padRef(x!, 1, 1, 1, 1), first!, null, attrs);
      return convolve(padRef(y, 1, 1, 1, 1), second!, null, attrs);
    },
  } satisfies OpCase,
  {
    ...conv([2, 11, 1, 15], 11, [1, 4], { groups: 11 }),
    name: "in one dimension",
    operands: [{ shape: [2, 11, 15] }, { shape: [11, 1, 4], form: "dense" }],
    build: (graph, [x, w]) => graph.add(conv2d, [x!, w!, null], convAttrs({ groups: 11, sw: 2 })),
    reference([x, w]) {
      const y = convolve(
        { ...x!, shape: [2, 11, 1, 15] },
        { ...w!, shape: [11, 1, 1, 4] },
        null,
        convAttrs({ groups: 11, sw: 2 }),
      );
      return { ...y, shape: [2, 11, 6] };
    },
  } satisfies OpCase,
];
testOp("depthwise", cases);
testPaddingLanes("depthwise", cases);

const test = suite("depthwise");
const kernels = (c: number, k: number, groups: number): string[] => {
  const graph = new Graph();
  const x = graph.input("x", [1, c, 4, 4]);
  const w = graph.weight("w", [k, c / groups, 3, 3], "parameter");
  const y = graph.add(conv2d, [x, w, null], convAttrs({ groups }));
  const runtime = new Runtime(simd, worker, { threads: 1, relaxed: false });
  const storage = { name: "w", bytes: w.elements * 4, address: 1024 };
  const plan = new Plan(
    runtime,
    graph,
    { outputs: new Map([["y", y]]), bound: new Map([[w, storage]]) },
    "test",
  );
  plan.dispose();
  return plan.steps.map(({ kernel }) => kernel);
};
test("convolutions of each channel by itself use it, others do not", () => {
  assert.ok(kernels(8, 8, 8).includes("depthwiseConv2d"));
  assert.not(kernels(8, 16, 8).includes("depthwiseConv2d"));
  assert.not(kernels(8, 8, 4).includes("depthwiseConv2d"));
  assert.not(kernels(1, 1, 1).includes("depthwiseConv2d"));
});
test.run();
