import { update } from "./flat.js";

/**
 * One step of Adam or AdamW, in place (torch.optim.Adam, AdamW). Inputs: parameters, gradients, means of the gradients,
 * means of their squares, all flat; hyper [lr, beta1, beta2, eps, weight decay, decoupled, 1 - beta1^t, 1 - beta2^t];
 * scale [1] that gradients are multiplied by. Decoupled: 1 for AdamW.
 */
export const adam = update({ name: "adam", blocks: 4, hyper: 8, flops: 20 });
