import { elementwise } from "./elementwise.js";

export interface SeluAttrs {
  readonly alpha: number;
  readonly gamma: number;
}

/** The numbers with which activations keep their mean and variance. */
export const SELU_ALPHA = 1.6732632423543772;
export const SELU_GAMMA = 1.0507009873554805;

/** gamma times: x where positive, alpha (e^x - 1) elsewhere (Klambauer et al., 2017). */
export const selu = elementwise<SeluAttrs>({
  name: "selu",
  kernel: "elu",
  from: "input",
  constants: ({ alpha, gamma }) => [alpha, gamma],
  flops: 12,
});
