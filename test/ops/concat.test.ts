import simd from "wasm:simd";
import worker from "worker:inline";
import { Graph } from "../../src/graph/graph.js";
import { Plan } from "../../src/graph/plan.js";
import { concat } from "../../src/ops/concat.js";
import type { Value } from "../../src/ops/op.js";
import { pad } from "../../src/ops/pad.js";
import { relu } from "../../src/ops/relu.js";
import { sliceChannels } from "../../src/ops/slice-channels.js";
import { Runtime } from "../../src/wasm/runtime.js";
import { concatRef, padRef, sliceRef } from "../harness/channels.js";
import { mapRef } from "../harness/elementwise.js";
import { type OpCase, type Ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const positive = (x: Ref): Ref => mapRef(x, (value) => Math.max(0, value));
const border = { top: 1, left: 2, bottom: 1, right: 0, mode: "zeros" } as const;
const padded = (x: Ref): Ref => padRef(x, border.top, border.left, border.bottom, border.right);

/** Inputs of so many channels, fed as they are or computed by an op of their own. */
const side = (channels: readonly number[], pixels: readonly number[], computed: boolean): OpCase => ({
  name: `${channels.join(" + ")} channels of [${pixels}]${computed ? ", computed" : ""}`,
  operands: channels.map((c) => ({ shape: [2, c, ...pixels] })),
  build: (graph, inputs) =>
    graph.add(concat, computed ? inputs.map((x) => graph.add(relu, [x], {})) : inputs, {}),
  reference: (inputs) => concatRef(computed ? inputs.map(positive) : inputs),
});

/** Two inputs of 8 and 5 channels through a graph of its own. */
const graphCase = (
  name: string,
  build: (graph: Graph, a: Value, b: Value) => Value,
  reference: (a: Ref, b: Ref) => Ref,
): OpCase => ({
  name,
  operands: [{ shape: [2, 8, 3, 2] }, { shape: [2, 5, 3, 2] }],
  build: (graph, [a, b]) => build(graph, a!, b!),
  reference: ([a, b]) => reference(a!, b!),
});

const cases = [
  side([1], [1, 1], false),
  ...[true, false].flatMap((computed) => [
    side([8, 16], [3, 2], computed),
    side([8, 5], [3, 2], computed),
    side([5, 8], [3, 2], computed),
    side([3, 2, 2, 4, 9, 1], [2, 3], computed),
    side([16, 3, 5, 8], [2, 2], computed),
    side([7, 17], [5], computed),
    side([4, 11], [], computed),
  ]),
  graphCase(
    "one input twice",
    (graph, a, b) => {
      const y = graph.add(relu, [a], {});
      return graph.add(concat, [y, b, y, y], {});
    },
    (a, b) => concatRef([positive(a), b, positive(a), positive(a)]),
  ),
  graphCase(
    "one input in two concatenations, both in a third",
    (graph, a, b) => {
      const y = graph.add(relu, [a], {});
      return graph.add(concat, [graph.add(concat, [a, y], {}), graph.add(concat, [y, b], {})], {});
    },
    (a, b) => concatRef([a, positive(a), positive(a), b]),
  ),
  graphCase(
    "an input that another op reads too",
    (graph, a, b) => {
      const y = graph.add(relu, [b], {});
      return graph.add(concat, [a, y, graph.add(relu, [y], {})], {});
    },
    (a, b) => concatRef([a, positive(b), positive(b)]),
  ),
  ...[true, false].map(
    (first): OpCase => ({
      name: `a tensor and its concatenation, both padded, side by side${first ? "" : ", the other way round"}`,
      operands: [{ shape: [2, 8, 3, 2] }],
      build(graph, [a]) {
        const y = graph.add(relu, [a!], {});
        const sides = [
          () => graph.add(pad, [graph.add(concat, [y, a!], {})], border),
          () => graph.add(pad, [y], border),
        ];
        // The first of its readers decides where y lies.
        const [both, alone] = first
          ? sides.map((add) => add())
          : sides
              .reverse()
              .map((add) => add())
              .reverse();
        return graph.add(concat, [both!, alone!], {});
      },
      reference: ([a]) => concatRef([padded(concatRef([positive(a!), a!])), padded(positive(a!))]),
    }),
  ),
  graphCase(
    "a concatenation inside padding",
    (graph, a, b) => graph.add(pad, [graph.add(concat, [graph.add(relu, [a], {}), b], {})], border),
    (a, b) => padded(concatRef([positive(a), b])),
  ),
  graphCase(
    "padded inputs",
    (graph, a, b) => graph.add(concat, [graph.add(pad, [a], border), graph.add(pad, [b], border)], {}),
    (a, b) => concatRef([padded(a), padded(b)]),
  ),
  {
    name: "slices put together in another order",
    operands: [{ shape: [2, 21, 2, 2] }],
    build(graph, [x]) {
      const parts = [
        [13, 8],
        [0, 5],
        [5, 8],
      ].map(([start = 0, count = 0]) => graph.add(sliceChannels, [x!], { start, count }));
      return graph.add(concat, parts, {});
    },
    reference: ([x]) => concatRef([sliceRef(x!, 13, 8), sliceRef(x!, 0, 5), sliceRef(x!, 5, 8)]),
  } satisfies OpCase,
];
testOp("concat", cases);
testPaddingLanes("concat", cases);

const test = suite("concat");
test("whole blocks, and what ends with the output, are computed in place", () => {
  const runtime = new Runtime(simd, worker, { threads: 1, relaxed: false });
  const copies = (channels: number[]): number => {
    const graph = new Graph();
    const inputs = channels.map((c, i) => graph.add(relu, [graph.input(`${i}`, [1, c, 2, 2])], {}));
    const outputs = new Map([["y", graph.add(concat, inputs, {})]]);
    const plan = new Plan(runtime, graph, { outputs, bound: new Map() }, "test");
    plan.dispose();
    return plan.steps.filter(({ kernel }) => kernel === "sliceChannels").length;
  };
  assert.is(copies([8, 16, 24]), 0);
  assert.is(copies([8, 3]), 0);
  assert.is(copies([8, 3, 8]), 2, "3 channels end within a block, and what follows begins there");
});
test("shapes that do not fit", () => {
  const graph = new Graph();
  const a = graph.input("a", [1, 3, 4, 4]);
  const b = graph.input("b", [1, 3, 4, 5]);
  throwsMessage(
    () => graph.add(concat, [a, b], {}),
    /input 1 has shape \[1, 3, 4, 5\], input 0 \[1, 3, 4, 4\]/,
  );
  throwsMessage(() => graph.add(concat, [], {}), /nothing to concatenate/);
});
test.run();
