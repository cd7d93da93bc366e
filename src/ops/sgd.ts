import type { Op } from "./op.js";

/** Floats of a 16-byte unit of the parameter block. */
export const UPDATE_UNIT = 4;

/**
 * One step of stochastic gradient descent, in place (torch.optim.SGD). Inputs: parameters, gradients, velocities, all
 * flat; hyper [lr, momentum, weight decay, dampening, nesterov, first]; scale [1] that gradients are multiplied by.
 */
export const sgd: Op<object> = {
  name: "sgd",
  effect: true,
  infer: () => [],
  steps(node, plan) {
    const units = Math.ceil(node.inputs[0]!.elements / UPDATE_UNIT);
    plan.step("sgd", units, node.inputs.map((value) => plan.place(value!)), 6 * UPDATE_UNIT);
  },
};
