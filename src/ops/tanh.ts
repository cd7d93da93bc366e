import { elementwise } from "./elementwise.js";

/** Hyperbolic tangent. */
export const tanh = elementwise({ name: "tanh", from: "output", flops: 20 });
