import type { Op } from "./op.js";

/** a + b of dense values: gradients of a weight that is used twice. */
export const addDense: Op<object> = {
  name: "addDense",
  infer: ([a]) => [{ shape: a!.shape, form: "dense", elements: a!.elements }],
  steps(node, plan) {
    const [a, b] = node.inputs;
    const out = node.outputs[0]!;
    const { elements } = out;
    plan.step(
      "addDense",
      Math.ceil(elements / 4),
      [plan.place(out), plan.place(a!), plan.place(b!), elements],
      4,
    );
  },
};
