import { elementwise } from "./elementwise.js";

/** The range of x, then numbers of e^x: see assembly/kernels/sigmoid.ts. */
const RANGE = [-87, 89];
const EXP = [Math.LOG2E, 12582912, -0.693359375, 2.1219444e-4];
const POLYNOMIAL = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
];

/** 1 / (1 + e^-x). */
export const sigmoid = elementwise({
  kernel: "sigmoid",
  from: "output",
  constants: () => [...RANGE, ...EXP, ...POLYNOMIAL, 1],
  flops: 10,
});
