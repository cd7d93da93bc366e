import { check } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../tensor.js";
import { LANES } from "./layout.js";
import type { Op } from "./op.js";

/** A dense value, such as a parameter, as an activation: the same elements in n, c, h, w order. */
export const blocked: Op<{ readonly shape: Shape }> = {
  name: "blocked",
  infer([x], { shape }) {
    check(
      sizeOf(shape) === sizeOf(x!.shape),
      () => `blocked: ${formatShape(x!.shape)} cannot become ${formatShape(shape)}, which has another size.`,
    );
    return [{ shape }];
  },
  gradient: (graph, node, [dy]) => [graph.add(dense, [dy!], { shape: node.inputs[0]!.shape })],
  steps(node, plan) {
    const view = plan.view(node.outputs[0]!);
    plan.step("block", view.n * view.blocks * view.h, [view, plan.place(node.inputs[0]!)], view.w * LANES);
  },
};

/** An activation as a dense value: the same elements in n, c, h, w order. */
export const dense: Op<{ readonly shape: Shape }> = {
  name: "dense",
  infer: (_inputs, { shape }) => [{ shape, form: "dense" }],
  gradient: (graph, node, [dy]) => [graph.add(blocked, [dy!], { shape: node.inputs[0]!.shape })],
  steps(node, plan) {
    const view = plan.view(node.inputs[0]!);
    plan.step("unblock", view.n * view.blocks * view.h, [plan.place(node.outputs[0]!), view], view.w * LANES);
  },
};
