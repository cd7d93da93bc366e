import { sumTo } from "../../src/ops/sum-to.js";
import { type OpCase, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";

const sum = (shape: readonly number[], to: readonly number[], offset = 0): OpCase => ({
  name: `[${shape}] to [${to}]${offset ? `, about ${offset}` : ""}`,
  operands: [{ shape, fill: (random) => random.normal() + offset }],
  build: (graph, [x]) => graph.add(sumTo, [x!], { shape: to }),
  reference([x]) {
    const y = ref(to);
    const [n = 1, c = 1] = shape;
    const plane = x!.data.length / (n * c);
    x!.data.forEach((value, i) => {
      const channel = Math.floor(i / plane) % c;
      y.data[(to[0] === 1 ? 0 : Math.floor(i / (plane * c))) * c + channel]! += value;
    });
    return y;
  },
  gradient: false,
});

const cases = [
  sum([2, 3, 4, 5], [2, 3, 1, 1]),
  sum([2, 9, 4, 5], [1, 9, 1, 1]),
  sum([3, 8, 7], [3, 8, 1]),
  sum([5, 17], [1, 17]),
  // Where one long sum of floats would lose a thousandth.
  { ...sum([3, 2, 130, 131], [1, 2, 1, 1], 100), rtol: 1e-6, atol: 0 },
];
testOp("sumTo", cases);
testPaddingLanes("sumTo", cases);
