import { elementwise } from "./elementwise.js";

/** The size without the sign. At 0 the gradient is 0. */
export const abs = elementwise({ kernel: "abs", from: "input", flops: 1 });
