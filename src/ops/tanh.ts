import { elementwise } from "./elementwise.js";

/** Hyperbolic tangent. */
export const tanh = elementwise({ kernel: "tanh", from: "output", flops: 20 });
