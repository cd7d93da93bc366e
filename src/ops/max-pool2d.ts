import { LANES } from "./layout.js";
import type { Op } from "./op.js";
import { type PoolAttrs, pooledShape, pooledSight, windowConstants } from "./pooling.js";

export interface MaxPoolAttrs extends PoolAttrs {
  readonly dh: number;
  readonly dw: number;
}

/** The largest pixel of each window of x [n, c, h, w] or [n, c, l]; padding is smaller than any. */
export const maxPool2d: Op<MaxPoolAttrs> = {
  name: "maxPool2d",
  infer: ([x], attrs) => [{ shape: pooledShape("maxPool2d", x!, attrs, attrs) }],
  sight: (node) => pooledSight(node.attrs, node.attrs),
  gradient: (graph, node, [dy]) => [
    graph.add(maxPool2dGradInput, [dy!, node.inputs[0]!, node.outputs[0]!], node.attrs),
  ],
  steps(node, plan) {
    const { attrs } = node;
    const out = plan.view(node.outputs[0]!);
    const x = plan.view(node.inputs[0]!);
    const window = windowConstants(plan, attrs, attrs);
    plan.step("maxPool2d", out.n * out.blocks * out.h, [out, x, window], out.w * attrs.kh * attrs.kw * LANES);
  },
};

const maxPool2dGradInput: Op<MaxPoolAttrs> = {
  name: "maxPool2dGradInput",
  infer: ([, x]) => [{ shape: x!.shape }],
  steps(node, plan) {
    const { attrs } = node;
    const dx = plan.view(node.outputs[0]!);
    const [dy, x, y] = node.inputs.map((value) => plan.view(value!));
    const window = windowConstants(plan, attrs, attrs);
    const flops = 4 * y!.h * y!.w * attrs.kh * attrs.kw * LANES;
    plan.step("maxPool2dGradInput", dx.n * dx.blocks, [dx, dy!, x!, y!, window], flops);
  },
};
