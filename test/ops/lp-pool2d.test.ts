import { lpPool2d } from "../../src/ops/lp-pool2d.js";
import type { MaxPoolAttrs } from "../../src/ops/max-pool2d.js";
import type { Shape } from "../../src/tensor.js";
import { type OpCase, testOp } from "../harness/op.js";
import { describePool, poolAttrs, poolRef } from "../harness/pooling.js";

const pool = (
  p: number,
  shape: Shape,
  kernel: readonly [number, number],
  attrs: Partial<MaxPoolAttrs> = {},
): OpCase => {
  const full: MaxPoolAttrs = { ...poolAttrs(kernel, attrs), dh: attrs.dh ?? 1, dw: attrs.dw ?? 1 };
  return {
    name: `p ${p}, ${describePool(shape, full)}`,
    // Away from 0, where sizes and roots have no slope.
    operands: [{ shape, fill: (random) => (0.2 + random.uniform()) * (random.int(2) ? 1 : -1) }],
    build: (graph, [x]) => lpPool2d(graph, x!, p, full),
    reference: ([x]) =>
      poolRef(x!, full, (pixels) => pixels.reduce((sum, pixel) => sum + Math.abs(pixel) ** p, 0) ** (1 / p)),
  };
};

testOp(
  "lpPool2d",
  [1, 2, 3, 2.5].flatMap((p) => [
    pool(p, [2, 9, 4, 6], [2, 2], { sh: 2, sw: 2 }),
    pool(p, [1, 3, 7, 8], [3, 2], { sh: 3, sw: 3, top: 1, left: 1, bottom: 1, right: 1, ceil: true }),
    pool(p, [1, 3, 7], [1, 3], { dw: 2 }),
  ]),
);
