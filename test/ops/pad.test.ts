import { conv2d } from "../../src/ops/conv2d.js";
import { PADDING_MODES, type PadAttrs, pad } from "../../src/ops/pad.js";
import { convAttrs, convolve } from "../harness/convolution.js";
import { type OpCase, type Ref, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";

/** The definition. */
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

const padding: PadAttrs = { top: 2, left: 1, bottom: 1, right: 3, mode: "zeros" };

const padOnly = (mode: PadAttrs["mode"], c: number): OpCase => ({
  name: `${mode}, ${c} channels`,
  operands: [{ shape: [2, c, 5, 4] }],
  build: (graph, [x]) => graph.add(pad, [x!], { ...padding, mode }),
  reference: ([x]) => padRef(x!, { ...padding, mode }),
});

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

const cases = PADDING_MODES.flatMap((mode) => [
  padOnly(mode, 3),
  padOnly(mode, 8),
  padThen(mode, false),
  padThen(mode, true),
]);
testOp("pad", cases);
testPaddingLanes("pad", cases);
