import { backward } from "../../src/graph/backward.js";
import { Graph } from "../../src/graph/graph.js";
import { mse } from "../../src/ops/mse.js";
import type { Shape } from "../../src/tensor.js";
import { type OpCase, ref, testOp } from "../harness/op.js";
import { runOnBuilds } from "../harness/run.js";
import { near, suite, throwsMessage } from "../harness/suite.js";

function difference(shape: Shape): OpCase {
  return {
    name: shape.join("x"),
    operands: [{ shape }, { shape }],
    build: (graph, [x, target]) => graph.add(mse, [x!, target!], {}),
    reference([x, target]) {
      const loss = ref([]);
      x!.data.forEach((value, i) => {
        loss.data[0]! += (value - target!.data[i]!) ** 2 / x!.data.length;
      });
      return loss;
    },
  };
}

testOp(
  "mse",
  [
    [1, 1],
    [2, 17],
    [3, 8, 5],
    [2, 11, 3, 7],
    [1, 3, 2, 131],
    [2, 16, 4, 4],
  ].map(difference),
);

const test = suite("mse");

test("without an incoming gradient it is 1", () => {
  runOnBuilds(
    { x: { shape: [2, 2], data: [1, 2, 3, 4] }, target: { shape: [2, 2], data: [0, 2, 5, 1] } },
    (graph, { x, target }) => {
      const loss = graph.add(mse, [x, target], {});
      const grads = backward(graph, new Map([[loss, null]]), [x, target]);
      return { loss, dx: grads.get(x)!, dtarget: grads.get(target)! };
    },
    ({ loss, dx, dtarget }, build) => {
      near(loss, [(1 + 4 + 9) / 4], {}, build);
      near(dx, [0.5, 0, -1, 1.5], {}, build);
      near(dtarget, [-0.5, 0, 1, -1.5], {}, build);
    },
  );
});

test("says what is wrong", () => {
  const graph = new Graph();
  throwsMessage(
    () => graph.add(mse, [graph.input("a", [2, 3]), graph.input("b", [2, 4])], {}),
    /mse.*\[2, 3\].*\[2, 4\]/,
  );
});

test.run();
