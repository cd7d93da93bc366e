import { elementwise } from "./elementwise.js";

export interface HardSigmoidAttrs {
  readonly alpha: number;
  readonly beta: number;
}

/** alpha x + beta between 0 and 1: ONNX has 0.2 and 0.5, torch 1/6 and 0.5. */
export const hardSigmoid = elementwise<HardSigmoidAttrs>({
  name: "hardSigmoid",
  kernel: "clip",
  from: "input",
  constants: ({ alpha, beta }) => [alpha, beta, 0, 1],
  flops: 4,
});
