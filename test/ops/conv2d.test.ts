import { conv2d, type ConvAttrs } from "../../src/ops/conv2d.js";
import { pad, type PadAttrs } from "../../src/ops/pad.js";
import { type OpCase, type Ref, ref, testOp } from "../harness/op.js";

/** The definition: six loops, each output a sum over its window. */
function convolve(x: Ref, w: Ref, b: Ref | null, a: ConvAttrs): Ref {
  const [n = 0, c = 0, h = 0, width = 0] = x.shape;
  const [k = 0, cg = 0, kh = 0, kw = 0] = w.shape;
  const oh = Math.floor((h - (kh - 1) * a.dh - 1) / a.sh) + 1;
  const ow = Math.floor((width - (kw - 1) * a.dw - 1) / a.sw) + 1;
  const y = ref([n, k, oh, ow]);
  const kg = k / a.groups;
  let out = 0;
  for (let i = 0; i < n; i++)
    for (let o = 0; o < k; o++)
      for (let oy = 0; oy < oh; oy++)
        for (let ox = 0; ox < ow; ox++, out++) {
          let sum = b ? b.data[o]! : 0;
          for (let ci = 0; ci < cg; ci++)
            for (let ky = 0; ky < kh; ky++)
              for (let kx = 0; kx < kw; kx++) {
                const ch = Math.floor(o / kg) * cg + ci;
                const wy = a.flip ? kh - 1 - ky : ky;
                const wx = a.flip ? kw - 1 - kx : kx;
                sum +=
                  w.data[((o * cg + ci) * kh + wy) * kw + wx]! *
                  x.data[((i * c + ch) * h + oy * a.sh + ky * a.dh) * width + ox * a.sw + kx * a.dw]!;
              }
          y.data[out] = sum;
        }
  return y;
}

const attrs = (a: Partial<ConvAttrs> = {}): ConvAttrs => ({ sh: 1, sw: 1, dh: 1, dw: 1, groups: 1, flip: false, ...a });

function conv(
  [n, c, h, w]: [number, number, number, number],
  k: number,
  [kh, kw]: [number, number],
  a: Partial<ConvAttrs> = {},
  bias = true,
): OpCase {
  const full = attrs(a);
  return {
    name: `${n}x${c}x${h}x${w} to ${k}, kernel ${kh}x${kw}, ${JSON.stringify(a)}${bias ? "" : ", no bias"}`,
    operands: [
      { shape: [n, c, h, w] },
      { shape: [k, c / full.groups, kh, kw], form: "dense" },
      ...(bias ? [{ shape: [k], form: "dense" as const }] : []),
    ],
    build: (graph, [x, weight, b]) => graph.add(conv2d, [x!, weight!, b ?? null], full),
    reference: ([x, weight, b]) => convolve(x!, weight!, b ?? null, full),
  };
}

testOp("conv2d", [
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
    const y = first ? graph.add(conv2d, [x!, first, null], attrs()) : x!;
    return graph.add(conv2d, [graph.add(pad, [y], { ...padding, mode }), w!, null], attrs());
  },
  reference([x, w, first]) {
    const y = first ? convolve(x!, first, null, attrs()) : x!;
    return convolve(padRef(y, { ...padding, mode }), w!, null, attrs());
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
testOp("pad", [...MODES.flatMap((mode) => [padOnly(mode, 3), padOnly(mode, 8), padThen(mode, false), padThen(mode, true)])]);
