import { Graph } from "../../src/graph/graph.js";
import { adaptiveAvgPool2d } from "../../src/ops/adaptive-avg-pool2d.js";
import { type OpCase, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { suite, throwsMessage } from "../harness/suite.js";

function pool(shape: readonly number[], [oh, ow]: readonly [number, number], offset = 0): OpCase {
  const [n = 1, c = 1] = shape;
  const [h = 1, w = 1] = shape.length === 4 ? shape.slice(2) : [1, shape[2]!];
  return {
    name: `[${shape}] to ${oh}x${ow}${offset ? `, about ${offset}` : ""}`,
    operands: [{ shape, fill: (random) => random.normal() + offset }],
    build: (graph, [x]) => graph.add(adaptiveAvgPool2d, [x!], { oh, ow }),
    reference([x]) {
      const y = ref(shape.length === 4 ? [n, c, oh, ow] : [n, c, ow]);
      let out = 0;
      for (let plane = 0; plane < n * c; plane++)
        for (let oy = 0; oy < oh; oy++)
          for (let ox = 0; ox < ow; ox++) {
            const bottom = Math.ceil(((oy + 1) * h) / oh);
            const right = Math.ceil(((ox + 1) * w) / ow);
            let sum = 0;
            let count = 0;
            for (let iy = Math.floor((oy * h) / oh); iy < bottom; iy++)
              for (let ix = Math.floor((ox * w) / ow); ix < right; ix++, count++)
                sum += x!.data[(plane * h + iy) * w + ix]!;
            y.data[out++] = sum / count;
          }
      return y;
    },
  };
}

const cases = [
  pool([1, 1, 1, 1], [1, 1]),
  pool([2, 3, 4, 4], [2, 2]),
  pool([2, 17, 7, 5], [1, 1]),
  pool([1, 9, 7, 11], [3, 4]),
  pool([2, 8, 13, 6], [5, 6]),
  pool([1, 5, 3, 2], [7, 7]),
  pool([1, 2, 1, 1], [2, 3]),
  pool([2, 11, 13], [1, 5]),
  // Where one long sum of floats would lose the fourth digit.
  { ...pool([1, 3, 130, 131], [1, 1], 100), rtol: 1e-6, atol: 0, gradient: false },
];
testOp("adaptiveAvgPool2d", cases);
testPaddingLanes("adaptiveAvgPool2d", cases);

const test = suite("errors of adaptiveAvgPool2d");
test("sizes that make no sense", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 1, 4, 4]);
  throwsMessage(
    () => graph.add(adaptiveAvgPool2d, [x], { oh: 0, ow: 1 }),
    /output size is 0x1; it must be whole numbers of 1/,
  );
  const line = graph.input("line", [1, 1, 4]);
  throwsMessage(() => graph.add(adaptiveAvgPool2d, [line], { oh: 2, ow: 1 }), /no height to divide by 2/);
});
test.run();
