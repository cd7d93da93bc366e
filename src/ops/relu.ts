import { elementwise } from "./elementwise.js";

/** max(x, 0). */
export const relu = elementwise({ name: "relu", from: "output", flops: 1 });
