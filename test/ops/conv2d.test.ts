import type { ConvAttrs } from "../../src/ops/conv2d.js";
import { conv, convAttrs, convolve } from "../harness/convolution.js";
import { type OpCase, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";

const cases = [
  conv([1, 1, 1, 1], 1, [1, 1]),
  conv([2, 1, 9, 11], 6, [5, 5]),
  conv([2, 3, 9, 8], 8, [3, 3]),
  conv([2, 4, 7, 7], 5, [3, 3], { sh: 2, sw: 2 }),
  conv([1, 5, 6, 9], 9, [3, 2], {}, false),
  conv([3, 8, 5, 5], 16, [1, 1]),
  conv([2, 6, 9, 9], 16, [5, 5]),
  conv([2, 17, 7, 6], 19, [3, 3]),
  conv([1, 9, 12, 13], 3, [3, 4], { sh: 2, sw: 3 }),
  conv([2, 3, 12, 13], 7, [3, 3], { dh: 2, dw: 3 }),
  conv([1, 10, 11, 10], 4, [2, 3], { dh: 3, dw: 2, sh: 2 }),
  conv([1, 2, 7, 31], 2, [3, 5], { sw: 4 }),
  conv([2, 16, 5, 5], 16, [3, 3], { groups: 2 }),
  conv([1, 12, 5, 6], 18, [3, 3], { groups: 3 }),
  conv([2, 11, 6, 6], 11, [3, 3], { groups: 11 }),
  conv([1, 5, 6, 6], 20, [3, 3], { groups: 5, sh: 2, sw: 2, dh: 2 }),
  conv([1, 3, 6, 6], 4, [3, 2], { flip: true }),
  conv([2, 3, 7, 9], 4, [3, 5], { flip: true, sh: 2, sw: 3 }),
  conv([2, 9, 8, 7], 5, [1, 1], { sh: 2, sw: 2 }),
  conv([1, 3, 9, 11], 4, [2, 1], { sh: 3, sw: 4 }),
  conv([1, 6, 7, 6], 9, [3, 2], { groups: 3, sh: 2, sw: 3 }),
  conv([1, 3, 7, 13], 70, [3, 3]),
  conv([1, 8, 3, 3], 8, [3, 3]),
  conv([2, 9, 13, 11], 21, [3, 3], { flip: true }),
  conv([3, 16, 26, 30], 10, [3, 3], {}, false),
  // Tiles in many groups, panels in two runs.
  conv([2, 5, 40, 39], 40, [3, 3]),
  conv([2, 40, 1, 29], 24, [1, 7]),
  conv([2, 17, 19, 6], 19, [7, 1]),
  conv([1, 9, 6, 13], 24, [1, 3], { flip: true }),
  conv([2, 8, 45, 7], 9, [32, 1]),
  conv([1, 8, 3, 40], 9, [1, 33]),
  conv([2, 5, 44, 43], 40, [3, 3], { sh: 2, sw: 2 }),
  conv([2, 3, 37, 41], 21, [7, 7], { sh: 2, sw: 2 }),
  conv([1, 3, 49, 51], 16, [11, 11], { sh: 4, sw: 4 }),
  conv([2, 1, 13, 30], 9, [3, 5], { sh: 1, sw: 2, flip: true }),
  conv([1, 4, 9, 26], 17, [2, 8], { sw: 2 }, false),
  conv([2, 3, 5, 40], 21, [1, 7], { sw: 2 }),
];
testOp("conv2d", cases);
testPaddingLanes("conv2d", cases);

/** In one dimension: [n, c, l]. */
function line(
  [n, c, l]: [number, number, number],
  k: number,
  kl: number,
  a: Partial<ConvAttrs> = {},
  bias = true,
): OpCase {
  const flat = conv([n, c, 1, l], k, [1, kl], a, bias);
  const full = convAttrs(a);
  return {
    ...flat,
    name: `${n}x${c}x${l} to ${k}, kernel ${kl}, ${JSON.stringify(a)}${bias ? "" : ", no bias"}`,
    operands: [
      { shape: [n, c, l] },
      { shape: [k, c / full.groups, kl], form: "dense" },
      ...flat.operands.slice(2),
    ],
    reference([x, w, b]) {
      const y = convolve(
        { shape: [n, c, 1, l], data: x!.data },
        { shape: [k, c / full.groups, 1, kl], data: w!.data },
        b ?? null,
        full,
      );
      return { shape: [n, k, y.shape[3]!], data: y.data };
    },
  };
}

testOp("conv2d in one dimension", [
  line([1, 1, 1], 1, 1),
  line([2, 1, 20], 3, 5),
  line([2, 3, 17], 8, 4, { sw: 3 }),
  line([3, 9, 13], 11, 3, { dw: 2 }, false),
  line([1, 16, 23], 17, 7, { dw: 3, sw: 2 }),
  line([2, 6, 9], 4, 2, { groups: 2 }),
  line([1, 2, 31], 5, 9, { flip: true }),
]);
