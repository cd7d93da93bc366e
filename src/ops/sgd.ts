import { update } from "./flat.js";

/**
 * One step of stochastic gradient descent, in place (torch.optim.SGD). Inputs: parameters, gradients, velocities, all
 * flat; hyper [lr, momentum, weight decay, dampening, nesterov, first step]; scale [1] that gradients are multiplied by.
 */
export const sgd = update({ name: "sgd", blocks: 3, hyper: 6, flops: 6 });
