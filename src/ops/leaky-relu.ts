import { elementwise } from "./elementwise.js";

export interface LeakyReluAttrs {
  readonly negativeSlope: number;
}

/** x where positive, negativeSlope times x elsewhere. */
export const leakyRelu = elementwise<LeakyReluAttrs>({
  kernel: "leakyRelu",
  from: "input",
  constants: ({ negativeSlope }) => [negativeSlope],
  flops: 2,
});
