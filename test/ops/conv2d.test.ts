import { type ConvAttrs, conv2d } from "../../src/ops/conv2d.js";
import { type PadAttrs, pad } from "../../src/ops/pad.js";
import { conv, convAttrs, convolve } from "../harness/convolution.js";
import { type OpCase, type Ref, ref, testOp } from "../harness/op.js";
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
  conv([1, 3, 7, 13], 70, [3, 3]),
  conv([2, 40, 1, 29], 24, [1, 7]),
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

const padding: PadAttrs = { top: 2, left: 1, bottom: 1, right: 3, mode: "zeros" };
const padThen = (mode: PadAttrs["mode"], between: boolean): OpCase => ({
  name: `${mode} padding, then a kernel${between ? ", after another" : ""}`,
  operands: [
    { shape: [2, 5, 6, 5] },
    { shape: [9, 5, 3, 3], form: "dense" },
    ...(between ? [{ shape: [5, 5, 1, 1], form: "dense" as const }] : []),
  ],
  build(graph, [x, w, first]) {
    const y = first ? graph.add(conv2d, [x!, first, null], convAttrs()) : x!;
    return graph.add(conv2d, [graph.add(pad, [y], { ...padding, mode }), w!, null], convAttrs());
  },
  reference([x, w, first]) {
    const y = first ? convolve(x!, first, null, convAttrs()) : x!;
    return convolve(padRef(y, { ...padding, mode }), w!, null, convAttrs());
  },
});

function padRef(x: Ref, { top, left, bottom, right, mode }: PadAttrs): Ref {
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const y = ref([n, c, h + top + bottom, w + left + right]);
  const source = (i: number, size: number): number => {
    if (i >= 0 && i < size) return i;
    if (mode === "zeros") return -1;
    if (mode === "replicate") return i < 0 ? 0 : size - 1;
    if (mode === "circular") return (i + size) % size;
    if (mode === "reflect") return i < 0 ? -i : 2 * size - 2 - i;
    return i < 0 ? -i - 1 : 2 * size - 1 - i;
  };
  let out = 0;
  for (let plane = 0; plane < n * c; plane++)
    for (let oy = 0; oy < y.shape[2]!; oy++)
      for (let ox = 0; ox < y.shape[3]!; ox++, out++) {
        const sy = source(oy - top, h);
        const sx = source(ox - left, w);
        y.data[out] = sy < 0 || sx < 0 ? 0 : x.data[(plane * h + sy) * w + sx]!;
      }
  return y;
}

const padOnly = (mode: PadAttrs["mode"], c: number): OpCase => ({
  name: `${mode}, ${c} channels`,
  operands: [{ shape: [2, c, 5, 4] }],
  build: (graph, [x]) => graph.add(pad, [x!], { ...padding, mode }),
  reference: ([x]) => padRef(x!, { ...padding, mode }),
});

const MODES = ["zeros", "reflect", "symmetric", "replicate", "circular"] as const;
testOp("pad", [
  ...MODES.flatMap((mode) => [padOnly(mode, 3), padOnly(mode, 8), padThen(mode, false), padThen(mode, true)]),
]);
