import type { Op } from "./op.js";

/** Floats that one unit adds up: as in assembly/kernels/gradient-scale.ts. */
const CHUNK = 4096;

/**
 * What gradients must be multiplied by so that together they are no longer than a limit (torch.nn.utils.clip_grad_norm_).
 * Inputs: gradients, flat; hyper [limit]. Outputs: scale [1], at most 1; length before [1].
 */
export const gradientScale: Op<object> = {
  name: "gradientScale",
  infer: () => [
    { shape: [1], form: "dense" },
    { shape: [1], form: "dense" },
  ],
  steps(node, plan) {
    const [gradients, hyper] = node.inputs;
    const [scale, norm] = node.outputs;
    const chunks = Math.ceil(gradients!.elements / CHUNK);
    const partial = plan.scratch(2 * chunks);
    const constants = plan.constants([gradients!.elements]);
    plan.step("sumSquares", chunks, [partial, plan.place(gradients!), constants], 2 * CHUNK);
    const args = [plan.place(scale!), plan.place(norm!), partial, plan.place(hyper!), constants];
    plan.step("gradientScale", 1, args, chunks);
  },
};
