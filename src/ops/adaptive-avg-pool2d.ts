import { check } from "../errors.js";
import type { Shape } from "../tensor.js";
import { LANES } from "./layout.js";
import { type Op, sizes4 } from "./op.js";
import { checkRank } from "./shape.js";

export interface AdaptiveAvgPoolAttrs {
  /** The output's height and width; oh is 1 for [n, c, l]. */
  readonly oh: number;
  readonly ow: number;
}

/** Means over oh x ow windows that share x [n, c, h, w] or [n, c, l] among them; with 1 x 1, the mean of each channel. */
export const adaptiveAvgPool2d: Op<AdaptiveAvgPoolAttrs> = {
  name: "adaptiveAvgPool2d",
  infer([x], { oh, ow }) {
    checkRank("adaptiveAvgPool2d", x!, [3, 4], "[n, c, h, w], or [n, c, l] for one dimension");
    check(
      [oh, ow].every((size) => Number.isInteger(size) && size >= 1),
      () => `adaptiveAvgPool2d: the output size is ${oh}x${ow}; it must be whole numbers of 1 or more.`,
    );
    check(
      oh === 1 || x!.shape.length === 4,
      () => `adaptiveAvgPool2d: an input [n, c, l] has no height to divide by ${oh}; use height 1.`,
    );
    const [n, c] = sizes4(x!.shape);
    return [{ shape: x!.shape.length === 3 ? [n, c, ow] : [n, c, oh, ow] }];
  },
  sight(node) {
    const [, , h, w] = sizes4(node.inputs[0]!.shape);
    const { oh, ow } = node.attrs;
    if (oh === 1 && ow === 1) return "all";
    // Where the sizes do not divide, windows differ in size: the smallest regular ones that hold them.
    const stride: [number, number] = [Math.floor(h / oh), Math.floor(w / ow)];
    const kernel: [number, number] = [h - (oh - 1) * stride[0], w - (ow - 1) * stride[1]];
    return { kernel, stride, dilation: [1, 1], before: [0, 0] };
  },
  gradient: (graph, node, [dy]) => [
    graph.add(adaptiveAvgPool2dGradInput, [dy!], { shape: node.inputs[0]!.shape }),
  ],
  steps(node, plan) {
    const out = plan.view(node.outputs[0]!);
    const x = plan.view(node.inputs[0]!);
    const flops = Math.ceil(x.h / out.h) * Math.max(x.w, out.w) * LANES;
    plan.step("adaptiveAvgPool2d", out.n * out.blocks * out.h, [out, x], flops);
  },
};

const adaptiveAvgPool2dGradInput: Op<{ readonly shape: Shape }> = {
  name: "adaptiveAvgPool2dGradInput",
  infer: (_inputs, { shape }) => [{ shape }],
  steps(node, plan) {
    const dx = plan.view(node.outputs[0]!);
    const dy = plan.view(node.inputs[0]!);
    const flops = Math.ceil(dy.h / dx.h) * Math.max(dx.w, dy.w) * LANES;
    plan.step("adaptiveAvgPool2dGradInput", dx.n * dx.blocks * dx.h, [dx, dy], flops);
  },
};
