import type { Shape } from "../tensor.js";
import { LANES } from "./layout.js";
import type { Op } from "./op.js";
import { type PoolAttrs, pooledShape, pooledSight, windowConstants } from "./pooling.js";

export interface AvgPoolAttrs extends PoolAttrs {
  /** Padding counts as zeros in the mean; otherwise only pixels of the image count. */
  readonly countIncludePad: boolean;
  /** Distance between neighbouring pixels of the window. Default 1. */
  readonly dh?: number;
  readonly dw?: number;
}

const dilation = ({ dh = 1, dw = 1 }: AvgPoolAttrs) => ({ dh, dw });

/** The mean of each window of x [n, c, h, w] or [n, c, l]. */
export const avgPool2d: Op<AvgPoolAttrs> = {
  name: "avgPool2d",
  infer: ([x], attrs) => [{ shape: pooledShape("avgPool2d", x!, attrs, dilation(attrs)) }],
  sight: (node) => pooledSight(node.attrs, dilation(node.attrs)),
  gradient: (graph, node, [dy]) => [
    graph.add(avgPool2dGradInput, [dy!], { ...node.attrs, shape: node.inputs[0]!.shape }),
  ],
  steps(node, plan) {
    const { attrs } = node;
    const out = plan.view(node.outputs[0]!);
    const x = plan.view(node.inputs[0]!);
    const window = windowConstants(plan, attrs, dilation(attrs), attrs.countIncludePad);
    plan.step("avgPool2d", out.n * out.blocks * out.h, [out, x, window], out.w * attrs.kh * attrs.kw * LANES);
  },
};

const avgPool2dGradInput: Op<AvgPoolAttrs & { shape: Shape }> = {
  name: "avgPool2dGradInput",
  infer: (_inputs, { shape }) => [{ shape }],
  steps(node, plan) {
    const { attrs } = node;
    const dx = plan.view(node.outputs[0]!);
    const dy = plan.view(node.inputs[0]!);
    const window = windowConstants(plan, attrs, dilation(attrs), attrs.countIncludePad);
    const flops = Math.ceil((dy.h * attrs.kh) / dx.h) * dy.w * attrs.kw * LANES;
    plan.step("avgPool2dGradInput", dx.n * dx.blocks * dx.h, [dx, dy, window], flops);
  },
};
