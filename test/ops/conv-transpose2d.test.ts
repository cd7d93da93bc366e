import { Graph } from "../../src/graph/graph.js";
import { type ConvTransposeAttrs, convTranspose2d } from "../../src/ops/conv-transpose2d.js";
import { waysOf } from "../harness/convolution.js";
import { type OpCase, type Ref, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { suite, throwsMessage } from "../harness/suite.js";

const full = (a: Partial<ConvTransposeAttrs>): ConvTransposeAttrs => ({
  ...{ sh: 1, sw: 1, dh: 1, dw: 1, groups: 1, top: 0, left: 0, bottom: 0, right: 0 },
  ...a,
});

/** The definition: each pixel adds the kernel, times itself, to the output. */
function scatter(x: Ref, w: Ref, b: Ref | null, a: ConvTransposeAttrs): Ref {
  const flat = x.shape.length === 3;
  const [n = 0, c = 0] = x.shape;
  const [h, width] = (flat ? [1, x.shape[2]] : x.shape.slice(2)) as [number, number];
  const kg = w.shape[1]!;
  const [kh, kw] = (flat ? [1, w.shape[2]] : w.shape.slice(2)) as [number, number];
  const k = kg * a.groups;
  const oh = (h - 1) * a.sh + a.dh * (kh - 1) + 1 - a.top - a.bottom + (a.addH ?? 0);
  const ow = (width - 1) * a.sw + a.dw * (kw - 1) + 1 - a.left - a.right + (a.addW ?? 0);
  const y = ref(flat ? [n, k, ow] : [n, k, oh, ow]);
  for (let i = 0; i < n; i++)
    for (let ci = 0; ci < c; ci++)
      for (let iy = 0; iy < h; iy++)
        for (let ix = 0; ix < width; ix++)
          for (let o = 0; o < kg; o++)
            for (let ky = 0; ky < kh; ky++)
              for (let kx = 0; kx < kw; kx++) {
                const oy = iy * a.sh + ky * a.dh - a.top;
                const ox = ix * a.sw + kx * a.dw - a.left;
                if (oy < 0 || oy >= oh || ox < 0 || ox >= ow) continue;
                const channel = Math.floor(ci / (c / a.groups)) * kg + o;
                y.data[((i * k + channel) * oh + oy) * ow + ox]! +=
                  w.data[((ci * kg + o) * kh + ky) * kw + kx]! *
                  x.data[((i * c + ci) * h + iy) * width + ix]!;
              }
  if (b) for (let i = 0; i < y.data.length; i++) y.data[i]! += b.data[Math.floor(i / (oh * ow)) % k]!;
  return y;
}

const transpose = (
  shape: readonly number[],
  weight: readonly number[],
  a: Partial<ConvTransposeAttrs> = {},
  bias = true,
): OpCase => {
  const attrs = full(a);
  const [kh = 1, kw = 1] = weight.slice(2);
  return {
    convolutions: waysOf(kh, kw, { ...attrs, flip: false }),
    name: `[${shape}] with [${weight}], ${JSON.stringify(a)}${bias ? "" : ", no bias"}`,
    operands: [
      { shape },
      { shape: weight, form: "dense" },
      ...(bias ? [{ shape: [weight[1]! * attrs.groups], form: "dense" as const }] : []),
    ],
    build: (graph, [x, w, b]) => convTranspose2d(graph, x!, w!, b ?? null, attrs),
    reference: ([x, w, b]) => scatter(x!, w!, b ?? null, attrs),
  };
};

const around = (padding: number) => ({ top: padding, left: padding, bottom: padding, right: padding });
const cases = [
  transpose([1, 1, 1, 1], [1, 1, 1, 1]),
  transpose([2, 3, 4, 5], [3, 9, 3, 3]),
  transpose([1, 9, 6, 5], [9, 10, 3, 3], around(1)),
  transpose([2, 9, 4, 5], [9, 3, 1, 1], {}, false),
  transpose([1, 16, 3, 4], [16, 8, 2, 2], { sh: 2, sw: 2 }),
  transpose([2, 5, 4, 3], [5, 11, 4, 4], { sh: 2, sw: 2, ...around(1) }),
  transpose([1, 3, 4, 5], [3, 4, 3, 3], { sh: 2, sw: 3, ...around(1), addH: 1, addW: 2 }),
  transpose([1, 3, 4, 4], [3, 2, 3, 2], { sh: 1, sw: 2, dh: 2, dw: 3, top: 1, right: 2 }),
  transpose([1, 4, 5, 6], [4, 3, 3, 3], { groups: 2, ...around(1) }),
  transpose([1, 12, 4, 4], [12, 1, 3, 3], { groups: 12, sh: 2, sw: 2, ...around(1), addH: 1, addW: 1 }),
  // Output pixels that no tap reaches, before and behind what is cut off.
  transpose([2, 3, 4, 3], [3, 9, 1, 2], { sh: 3, sw: 4, top: 1, right: 1, addH: 2, addW: 3 }),
  transpose([2, 5, 1, 1], [5, 4, 1, 1], { sh: 4, sw: 4, addH: 3, addW: 3 }),
  transpose([1, 3, 2, 3], [3, 10, 2, 1], { sh: 5, sw: 3, top: 3, bottom: 1, addW: 2 }),
  transpose([1, 3, 3, 2], [3, 10, 1, 2], { sh: 3, sw: 5, left: 1, right: 3, addH: 2 }),
  transpose([1, 9, 3, 4], [9, 5, 5, 3], { sh: 3, sw: 2, ...around(2), addH: 2 }),
  // More is cut off than the kernel reaches over the edge.
  transpose([1, 3, 6, 7], [3, 4, 1, 1], { top: 1, left: 2, bottom: 2, right: 1 }),
  transpose([1, 3, 6, 7], [3, 4, 2, 2], around(3)),
  transpose([1, 3, 5, 5], [3, 4, 2, 2], { sh: 2, sw: 2, ...around(3) }),
  // So much is added that another window would fit.
  transpose([1, 3, 3, 3], [3, 2, 2, 2], { dh: 3, dw: 3, addH: 2, addW: 1 }),
  transpose([2, 3, 7], [3, 5, 4], { sw: 2, left: 1, right: 1 }),
  transpose([2, 6, 7], [6, 2, 3], { groups: 3 }, false),
];
testOp("convTranspose2d", cases);
testPaddingLanes("convTranspose2d", cases);

const test = suite("errors of convTranspose2d");
test("what does not fit is named", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 3, 4, 4]);
  const weight = (shape: number[]) => graph.denseInput(`w ${shape}`, shape);
  const add = (w: number[], a: Partial<ConvTransposeAttrs> = {}) =>
    convTranspose2d(graph, x, weight(w), null, full(a));
  throwsMessage(
    () => add([4, 3, 3, 3]),
    /weight \[4, 3, 3, 3\] with groups 1 does not fit the input \[1, 3, 4, 4\]/,
  );
  throwsMessage(() => add([3, 2, 3, 3], { groups: 2 }), /groups must divide 3/);
  throwsMessage(() => add([3, 2, 1, 1], around(2)), /cuts off 4 rows and 4 columns of 4x4/);
  // All that the input makes is cut off, and only what is added at the end would be left.
  const strides = { sh: 9, sw: 9, addH: 8, addW: 8 };
  for (const cut of [{ top: 28 }, { left: 28 }]) {
    throwsMessage(() => add([3, 2, 1, 1], { ...strides, ...cut }), /which leaves nothing\. Use less padding/);
  }
  for (const cut of [{ top: 27 }, { left: 27 }]) add([3, 2, 1, 1], { ...strides, ...cut });
  throwsMessage(
    () => convTranspose2d(graph, x, weight([3, 2, 1, 1]), weight([3]), full({})),
    /the bias has shape \[3\]; 2 output channels need \[2\]/,
  );
});
test.run();
