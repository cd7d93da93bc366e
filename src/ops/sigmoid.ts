import { elementwise } from "./elementwise.js";

/** 1 / (1 + e^-x). */
export const sigmoid = elementwise({ kernel: "sigmoid", from: "output", flops: 10 });
