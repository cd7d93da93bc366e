import { check } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../tensor.js";
import type { Op } from "./op.js";

/** The same elements, in n, c, h, w order, under another shape with the same batch. */
export const reshape: Op<{ readonly shape: Shape }> = {
  name: "reshape",
  infer([x], { shape }) {
    check(
      shape[0] === x!.shape[0] && sizeOf(shape) === sizeOf(x!.shape),
      () =>
        `reshape: ${formatShape(x!.shape)} cannot become ${formatShape(shape)}; batch and size must stay.`,
    );
    return [{ shape }];
  },
  sight: () => "all",
  gradient: (graph, node, [dy]) => [graph.add(reshape, [dy!], { shape: node.inputs[0]!.shape })],
  steps(node, plan) {
    const out = plan.view(node.outputs[0]!);
    const x = plan.view(node.inputs[0]!);
    plan.step("reshape", out.n, [out, x], out.blocks * out.h * out.w * 64);
  },
};
