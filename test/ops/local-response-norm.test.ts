import { Graph } from "../../src/graph/graph.js";
import { type LocalResponseNormAttrs, localResponseNorm } from "../../src/ops/local-response-norm.js";
import type { Shape } from "../../src/tensor.js";
import { type OpCase, type Ref, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { suite, throwsMessage } from "../harness/suite.js";

/** The definition. */
function normalize(x: Ref, { size, alpha, beta, k }: LocalResponseNormAttrs): Ref {
  const [n = 0, c = 0] = x.shape;
  const pixels = x.data.length / (n * c);
  const y = ref(x.shape);
  for (let i = 0; i < n; i++)
    for (let channel = 0; channel < c; channel++)
      for (let p = 0; p < pixels; p++) {
        let sum = 0;
        const first = channel - Math.floor(size / 2);
        for (let j = Math.max(0, first); j < Math.min(c, first + size); j++)
          sum += x.data[(i * c + j) * pixels + p]! ** 2;
        const at = (i * c + channel) * pixels + p;
        y.data[at] = x.data[at]! / (k + (alpha / size) * sum) ** beta;
      }
  return y;
}

function lrn(shape: Shape, attrs: LocalResponseNormAttrs): OpCase {
  return {
    name: `${shape.join("x")} ${JSON.stringify(attrs)}`,
    operands: [{ shape }],
    build: (graph, [x]) => graph.add(localResponseNorm, [x!], attrs),
    reference: ([x]) => normalize(x!, attrs),
  };
}

const alexnet = { size: 5, alpha: 0.5, beta: 0.75, k: 2 };
const cases = [
  lrn([1, 1, 1, 1], alexnet),
  lrn([2, 8, 3, 5], alexnet),
  lrn([2, 13, 4, 3], { ...alexnet, alpha: 1e-4 }),
  lrn([1, 17, 1, 7], { ...alexnet, size: 1 }),
  lrn([2, 20, 2, 3], { ...alexnet, size: 2 }),
  lrn([1, 11, 3, 3], { ...alexnet, size: 4, beta: 0.5 }),
  lrn([1, 40, 2, 2], { ...alexnet, size: 12 }),
  lrn([2, 37, 2, 1], { ...alexnet, size: 15, beta: 2 }),
  lrn([1, 6, 2, 2], { ...alexnet, size: 31, k: 1 }),
  lrn([2, 9, 11], { ...alexnet, alpha: 3, k: 0.5, beta: -0.3 }),
  // Without k the lanes past the last channel are 0 / 0 and must not show.
  lrn([2, 3, 4, 5], { ...alexnet, k: 0, size: 3 }),
];
testOp("localResponseNorm", cases);
testPaddingLanes("localResponseNorm", cases);

const test = suite("localResponseNorm");
test("says what is wrong", () => {
  const graph = new Graph();
  throwsMessage(
    () => graph.add(localResponseNorm, [graph.input("x", [2, 3])], alexnet),
    /localResponseNorm.*\[2, 3\].*\[n, c, h, w\]/,
  );
  throwsMessage(
    () => graph.add(localResponseNorm, [graph.input("x", [2, 3, 4, 5])], { ...alexnet, size: 2.5 }),
    /size is 2.5/,
  );
});
test.run();
