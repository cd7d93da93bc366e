import { backward } from "../../src/graph/backward.js";
import { Graph } from "../../src/graph/graph.js";
import { crossEntropy } from "../../src/ops/cross-entropy.js";
import { type OpCase, type Ref, ref, testOp } from "../harness/op.js";
import { dense, runOnBuilds } from "../harness/run.js";
import { near, suite, throwsMessage } from "../harness/suite.js";

/** The definition: the mean over the batch of -sum over classes of target probability times log softmax. */
function entropy(logits: Ref, targets: Ref, labelSmoothing: number): Ref {
  const [n = 0, k = 0] = logits.shape;
  const loss = ref([]);
  for (let i = 0; i < n; i++) {
    const scores = logits.data.slice(i * k, i * k + k);
    const top = Math.max(...scores);
    const normalizer = top + Math.log(scores.reduce((sum, z) => sum + Math.exp(z - top), 0));
    scores.forEach((z, j) => {
      const wanted = (j === targets.data[i] ? 1 - labelSmoothing : 0) + labelSmoothing / k;
      if (wanted > 0) loss.data[0]! += (wanted * (normalizer - z)) / n;
    });
  }
  return loss;
}

function classes(n: number, k: number, labelSmoothing: number, spread = 1): OpCase {
  return {
    name: `${n}x${k}, smoothing ${labelSmoothing}, scores of ${spread}`,
    operands: [
      { shape: [n, k], fill: (random) => random.normal() * spread },
      { shape: [n], form: "dense", fill: (random) => random.int(k), differentiable: false },
    ],
    build: (graph, [logits, targets]) => graph.add(crossEntropy, [logits!, targets!], { labelSmoothing }),
    reference: ([logits, targets]) => entropy(logits!, targets!, labelSmoothing),
  };
}

testOp("crossEntropy", [
  classes(1, 1, 0),
  classes(1, 2, 0),
  classes(2, 10, 0),
  classes(7, 10, 0.1),
  classes(3, 8, 0.3),
  classes(5, 13, 1),
  classes(2, 1000, 0.1),
  classes(4, 17, 0, 30),
]);

const test = suite("crossEntropy");

test("without an incoming gradient it is 1, otherwise it scales", () => {
  const logits = { shape: [2, 3], data: [1, 2, 3, 0, -1, 5] };
  runOnBuilds(
    { logits, targets: dense([0, 2]), grad: dense([-3], []) },
    (graph, { logits, targets, grad }) => {
      const loss = graph.add(crossEntropy, [logits, targets], { labelSmoothing: 0 });
      const one = backward(graph, new Map([[loss, null]]), [logits]).get(logits)!;
      const scaled = backward(graph, new Map([[loss, grad]]), [logits]).get(logits)!;
      return { one, scaled };
    },
    ({ one, scaled }, build) => {
      const softmax = [1, 2, 3, 0, -1, 5].map(Math.exp);
      const sums = [softmax.slice(0, 3), softmax.slice(3)].map(([a, b, c]) => a! + b! + c!);
      const wanted = softmax.map((e, i) => (e / sums[i < 3 ? 0 : 1]! - (i === 0 || i === 5 ? 1 : 0)) / 2);
      near(one, wanted, { atol: 1e-6 }, build);
      near(
        scaled,
        wanted.map((d) => -3 * d),
        { atol: 1e-6 },
        build,
      );
    },
  );
});

test("scores may be huge, or ruled out by -infinity", () => {
  const logits = { shape: [3, 3], data: [1e30, 0, -1e30, 5, Number.NEGATIVE_INFINITY, 5, 0, 200, 0] };
  runOnBuilds(
    { logits, targets: dense([0, 2, 0]) },
    (graph, { logits, targets }) => {
      const loss = graph.add(crossEntropy, [logits, targets], { labelSmoothing: 0 });
      return { loss, dx: backward(graph, new Map([[loss, null]]), [logits]).get(logits)! };
    },
    ({ loss, dx }, build) => {
      near(loss, [(0 + Math.log(2) + 200) / 3], {}, build);
      near(dx, [0, 0, 0, 1 / 6, 0, -1 / 6, -1 / 3, 1 / 3, 0], { atol: 1e-7 }, build);
    },
  );
});

test("says what is wrong", () => {
  const graph = new Graph();
  const add = (shape: number[], n: number, labelSmoothing = 0) =>
    graph.add(crossEntropy, [graph.input("x", shape), graph.denseInput("t", [n])], { labelSmoothing });
  throwsMessage(() => add([2, 3, 4, 4], 2), /\[2, 3, 4, 4\].*\[n, classes\].*flatten/);
  throwsMessage(() => add([2, 3], 3), /each of the 2 images, not targets of shape \[3\]/);
  throwsMessage(() => add([2, 3], 2, 2), /labelSmoothing is 2/);
});

test.run();
