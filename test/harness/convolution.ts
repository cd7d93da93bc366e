import type { ConvAlgorithm } from "../../src/ops/algorithm.js";
import { type ConvAttrs, conv2d } from "../../src/ops/conv2d.js";
import { type OpCase, type Ref, ref } from "./op.js";

/** The definition: six loops, each output a sum over its window. */
export function convolve(x: Ref, w: Ref, b: Ref | null, a: ConvAttrs): Ref {
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

/** Attributes of a convolution: stride, dilation and groups 1 unless said otherwise. */
export const convAttrs = (a: Partial<ConvAttrs> = {}): ConvAttrs => ({
  sh: 1,
  sw: 1,
  dh: 1,
  dw: 1,
  groups: 1,
  flip: false,
  ...a,
});

/** How a convolution can be computed. */
export function waysOf(kh: number, kw: number, { sh, sw, dh, dw, groups }: ConvAttrs): ConvAlgorithm[] {
  if (dh * dw * groups !== 1) return ["direct"];
  // Where the channels are few.
  if (sw > 1 && kw > 2 * sw && kw <= 4 * sw) return ["direct", "winogradStem"];
  if (sh === 2 && sw === 2 && kh === 3 && kw === 3) return ["direct", "winograd2at2"];
  if (sh !== 1 || sw !== 1) return ["direct"];
  if (Math.min(kh, kw) === 1 && kh * kw > 2) return ["direct", "winograd3of4"];
  if (kh !== kw) return ["direct"];
  return kh === 3 ? ["direct", "winograd4", "winograd2"] : kh === 5 ? ["direct", "winograd2of5"] : ["direct"];
}

/** A case of [n, c, h, w] and k kernels. */
export function conv(
  [n, c, h, w]: [number, number, number, number],
  k: number,
  [kh, kw]: [number, number],
  a: Partial<ConvAttrs> = {},
  bias = true,
): OpCase {
  const full = convAttrs(a);
  return {
    convolutions: waysOf(kh, kw, full),
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
