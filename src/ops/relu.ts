import { elementwise } from "./elementwise.js";

/** max(x, 0). */
export const relu = {
  ...elementwise({ kernel: "relu", from: "output", flops: 1 }),
  clamps: () => ({ low: 0, high: Number.POSITIVE_INFINITY }),
};
