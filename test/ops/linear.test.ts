import { Graph } from "../../src/graph/graph.js";
import { linear } from "../../src/ops/linear.js";
import { type OpCase, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { suite, throwsMessage } from "../harness/suite.js";

const layer = (n: number, c: number, k: number, bias: boolean): OpCase => ({
  name: `${n}x${c} to ${k}${bias ? "" : ", no bias"}`,
  operands: [
    { shape: [n, c] },
    { shape: [k, c], form: "dense" },
    ...(bias ? [{ shape: [k], form: "dense" as const }] : []),
  ],
  build: (graph, [x, w, b]) => linear(graph, x!, w!, b ?? null),
  reference([x, w, b]) {
    const y = ref([n, k]);
    for (let i = 0; i < n; i++)
      for (let o = 0; o < k; o++) {
        let sum = b ? b.data[o]! : 0;
        for (let j = 0; j < c; j++) sum += w!.data[o * c + j]! * x!.data[i * c + j]!;
        y.data[i * k + o] = sum;
      }
    return y;
  },
});

const cases = [1, 2, 7, 64].flatMap((n) =>
  [1, 3, 8, 400].flatMap((c) => [1, 10, 17, 120].map((k) => layer(n, c, k, (n + c + k) % 3 !== 0))),
);
testOp("linear", cases);
testPaddingLanes("linear", cases);

const test = suite("errors of linear");
const graph = new Graph();
const w = graph.weight("w", [10, 6], "parameter");
test("an input that is not flat", () => {
  throwsMessage(
    () => linear(graph, graph.input("x", [2, 6, 1, 1]), w, null),
    /input \[2, 6, 1, 1\] does not fit the weight \[10, 6\].*flatten/,
  );
});
test("sizes that differ", () => {
  throwsMessage(
    () => linear(graph, graph.input("x", [2, 7]), w, null),
    /input \[2, 7\] does not fit .* must be \[n, 6\]/,
  );
  const b = graph.weight("b", [9], "parameter");
  throwsMessage(
    () => linear(graph, graph.input("x", [2, 6]), w, b),
    /bias has shape \[9\]; 10 outputs need \[10\]/,
  );
});
test.run();
