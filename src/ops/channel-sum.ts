import { LANES } from "./layout.js";
import { type Op, sizes4 } from "./op.js";

/** Sums over everything but channels: [n, c, ...] to [c]. The gradient of a bias. */
export const channelSum: Op<object> = {
  name: "channelSum",
  infer: ([x]) => [{ shape: [sizes4(x!.shape)[1]], form: "dense" }],
  steps(node, plan) {
    const x = plan.view(node.inputs[0]!);
    const partial = plan.scratch(x.n * x.blocks * LANES * 2);
    plan.step("planeSum", x.n * x.blocks, [partial, x], x.h * x.w * LANES);
    plan.step("channelSum", x.blocks, [plan.place(node.outputs[0]!), partial, x], x.n * LANES);
  },
};
