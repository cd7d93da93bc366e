import { Graph } from "../../src/graph/graph.js";
import { Plan } from "../../src/graph/plan.js";
import { constant } from "../../src/ops/constant.js";
import { toBlocked, toDense } from "../../src/ops/dense.js";
import { transposed } from "../../src/ops/rearrange.js";
import { relu } from "../../src/ops/relu.js";
import { reshaped } from "../../src/ops/reshape.js";
import type { Shape } from "../../src/tensor.js";
import { type OpCase, runtimes, testOp } from "../harness/op.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const through = (name: string, shape: Shape, form: "blocked" | "dense", build: OpCase["build"]): OpCase => ({
  name: `${name} [${shape}]`,
  operands: [{ shape, form }],
  build,
  reference: ([x]) => x!,
});

testOp("dense", [
  ...[[3], [2, 9], [2, 3, 5], [2, 11, 3, 2], [2, 13, 3, 7], [2, 21, 1, 1]].flatMap((shape) => [
    through("to dense", shape, "blocked", (graph, [x]) => toDense(graph, x!)),
    through("to blocked", shape, "dense", (graph, [x]) => toBlocked(graph, x!)),
    through("there and back", shape, "dense", (graph, [x]) => toDense(graph, toBlocked(graph, x!))),
  ]),
  through("nothing to do", [2, 3, 1, 2, 2], "dense", (graph, [x]) => toDense(graph, x!)),
]);

const reshape = (from: Shape, form: "blocked" | "dense", to: Shape): OpCase => ({
  name: `${form} [${from}] to [${to}]`,
  operands: [{ shape: from, form }],
  build: (graph, [x]) => reshaped(graph, x!, to),
  reference: ([x]) => ({ shape: to, data: x!.data }),
});

testOp("reshaped", [
  reshape([], "dense", [1, 1]),
  reshape([2, 3, 4], "dense", [6, 2, 2]),
  reshape([2, 3, 4], "blocked", [6, 2, 2]),
  reshape([2, 3, 4], "blocked", [2, 12]),
  reshape([2, 3, 4], "blocked", [2, 1, 3, 2, 2]),
  {
    ...reshape([2, 3], "dense", [3, 2]),
    name: "a value that is read under two shapes",
    build: (graph, [x]) => transposed(graph, reshaped(graph, transposed(graph, x!, [1, 0]), [2, 3]), [1, 0]),
    reference: ([x]) => {
      const [a, b, c, d, e, f] = x!.data as unknown as [number, number, number, number, number, number];
      // [[a, b, c], [d, e, f]] transposed is a d b e c f, of which rows of three are transposed again.
      return { shape: [3, 2], data: Float64Array.of(a, e, d, c, b, f) };
    },
  },
]);

const test = suite("dense values");
test("constants and inputs of any rank, and outputs that are the same memory", () => {
  for (const { name, whole } of runtimes) {
    const graph = new Graph();
    const scalar = graph.denseInput("scalar", []);
    const numbers = Float32Array.from({ length: 24 }, (_, i) => i);
    const table = constant(graph, numbers, [2, 3, 1, 4]);
    const outputs = new Map([
      ["scalar", scalar],
      ["row", reshaped(graph, scalar, [1])],
      ["table", table],
      ["turned", transposed(graph, table, [3, 2, 1, 0])],
      ["blocked", graph.add(relu, [toBlocked(graph, table)], {})],
    ]);
    const plan = new Plan(whole, graph, { outputs, bound: new Map() }, "test");
    for (const value of [3, -4]) {
      const result = plan.runSync({ scalar: Float32Array.of(value) }, null);
      assert.equal([...result.scalar!.data], [value], name);
      assert.equal(result.scalar!.shape, []);
      assert.equal([...result.row!.data], [value]);
      assert.equal(result.table!.data, numbers);
      assert.equal(result.blocked!.data, numbers);
      assert.equal([...result.turned!.data.slice(0, 6)], [0, 12, 4, 16, 8, 20]);
    }
    plan.dispose();
  }
});
test("a gradient that has a place of its own is copied there", () => {
  for (const { whole } of runtimes) {
    const graph = new Graph();
    const x = graph.denseInput("x", [5]);
    const y = reshaped(graph, x, [5, 1]);
    const address = whole.heap.allocate(64, "test");
    const storage = { name: "given", bytes: 20, address: address.address };
    const plan = new Plan(
      whole,
      graph,
      { outputs: new Map([["y", y]]), bound: new Map([[y, storage]]) },
      "test",
    );
    assert.equal([...plan.runSync({ x: Float32Array.of(1, 2, 3, 4, 5) }, null).y!.data], [1, 2, 3, 4, 5]);
    plan.dispose();
    whole.free(address);
  }
});
test("errors", () => {
  const graph = new Graph();
  const x = graph.denseInput("x", [1, 2, 1, 1, 3]);
  throwsMessage(() => toBlocked(graph, x), /shape \[1, 2, 1, 1, 3\] has more than the four dimensions/);
  throwsMessage(() => reshaped(graph, x, [7]), /\[1, 2, 1, 1, 3\] cannot become \[7\]; the size must stay/);
  throwsMessage(() => constant(graph, new Float32Array(3), [2]), /3 values do not fill the shape \[2\]/);
});
test.run();
