import { elementwise } from "./elementwise.js";

/** min(max(x, 0), 6). */
export const relu6 = {
  ...elementwise({ kernel: "relu6", from: "output", flops: 2 }),
  clamps: () => ({ low: 0, high: 6 }),
};
