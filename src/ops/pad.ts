import { check } from "../errors.js";
import { formatShape, type Shape } from "../tensor.js";
import { inside, LANES, lanesOf, samePlace, type View } from "./layout.js";
import { type Op, type StepWriter, sizes4 } from "./op.js";
import { checkRank } from "./shape.js";

/** What the border shows: zeros, or the image mirrored (without or with its edge pixel), its edge, or its other side. */
export const PADDING_MODES = ["zeros", "reflect", "symmetric", "replicate", "circular"] as const;
export type PaddingMode = (typeof PADDING_MODES)[number];

export interface PadAttrs {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly mode: PaddingMode;
}

/** Appends the kernel call that pads x into out; `holes` leaves gaps of zeros between pixels. */
export function writePad(
  plan: StepWriter,
  out: View,
  x: View,
  pad: { top: number; left: number; mode: PaddingMode },
  holes: { sh: number; sw: number } = { sh: 1, sw: 1 },
): void {
  // The same storage does not suffice: a concatenation may hold both, side by side.
  const inPlace = samePlace(inside(out, pad.top, pad.left, x.h, x.w), x) ? 1 : 0;
  if (inPlace && pad.mode === "zeros") {
    const border = (out.h * out.w - x.h * x.w) * lanesOf(out);
    plan.step("padAround", out.n * out.blocks, [out, pad.top, pad.left, x.h, x.w], border);
    return;
  }
  const mode = PADDING_MODES.indexOf(pad.mode);
  plan.step(
    "pad",
    out.n * out.blocks * out.h,
    [out, x, plan.constants([mode, pad.top, pad.left, holes.sh, holes.sw, inPlace])],
    out.w * lanesOf(out),
  );
}

function padded(shape: Shape, { top, bottom, left, right }: PadAttrs): Shape {
  const [n, c, h, w] = sizes4(shape);
  return shape.length === 3 ? [n, c, w + left + right] : [n, c, h + top + bottom, w + left + right];
}

/** The most pixels a mode can take from an image of `size` on one side. */
function reach(mode: PaddingMode, size: number): number {
  return mode === "reflect"
    ? size - 1
    : mode === "symmetric" || mode === "circular"
      ? size
      : Number.POSITIVE_INFINITY;
}

/** Padding of the last dimension, or the last two. */
export const pad: Op<PadAttrs> = {
  name: "pad",
  transparent: true,

  infer([x], attrs) {
    checkRank("pad", x!, [3, 4], "[n, c, h, w] or [n, c, l]");
    const [, , h, w] = sizes4(x!.shape);
    const { mode, top, bottom, left, right } = attrs;
    for (const [side, amount, size] of [
      ["top", top, h],
      ["bottom", bottom, h],
      ["left", left, w],
      ["right", right, w],
    ] as const) {
      check(
        Number.isInteger(amount) && amount >= 0,
        () => `pad: ${side} is ${amount}; padding must be a whole number of 0 or more.`,
      );
      check(
        amount === 0 || amount <= reach(mode, size),
        () =>
          `pad: ${mode} padding of ${amount} at the ${side} needs more than the ${size} pixels that the input ` +
          `${formatShape(x!.shape)} has there. Use less padding, or mode "zeros" or "replicate".`,
      );
    }
    return [{ shape: padded(x!.shape, attrs) }];
  },

  sight: ({ attrs }) => ({
    kernel: [1, 1],
    stride: [1, 1],
    dilation: [1, 1],
    before: [attrs.top, attrs.left],
  }),

  gradient: (graph, node, [dy]) => [
    graph.add(padGradInput, [dy!], { ...node.attrs, shape: node.inputs[0]!.shape }),
  ],

  embed(node, _index, output) {
    const [, , h, w] = sizes4(node.inputs[0]!.shape);
    return inside(output, node.attrs.top, node.attrs.left, h, w);
  },

  steps(node, plan) {
    writePad(plan, plan.view(node.outputs[0]!), plan.view(node.inputs[0]!), node.attrs);
  },
};

export const padGradInput: Op<PadAttrs & { shape: Shape }> = {
  name: "padGradInput",
  infer: (_inputs, { shape }) => [{ shape }],
  steps(node, plan) {
    const dx = plan.view(node.outputs[0]!);
    const dy = plan.view(node.inputs[0]!);
    const { mode, top, left } = node.attrs;
    const geometry = plan.constants([PADDING_MODES.indexOf(mode), top, left, 1, 1, 0]);
    plan.step("padGradInput", dx.n * dx.blocks, [dx, dy, geometry], dy.h * dy.w * LANES);
  },
};
