import type { Shape } from "../tensor.js";
import { LANES } from "./layout.js";
import type { Op } from "./op.js";

/** Sums over pixels, and over images where the shape has only one: the gradient of a value that was repeated. */
export const sumTo: Op<{ readonly shape: Shape }> = {
  name: "sumTo",
  infer: (_inputs, { shape }) => [{ shape }],
  steps(node, plan) {
    const out = plan.view(node.outputs[0]!);
    const x = plan.view(node.inputs[0]!);
    const sums = plan.scratch(out.n * out.blocks * LANES * 2);
    plan.step("sumTo", out.n * out.blocks, [out, sums, x], (x.n / out.n) * x.h * x.w * LANES);
  },
};
