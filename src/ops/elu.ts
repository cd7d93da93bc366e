import { elementwise } from "./elementwise.js";

export interface EluAttrs {
  readonly alpha: number;
}

/** x where positive, alpha (e^x - 1) elsewhere (Clevert et al., 2015). */
export const elu = elementwise<EluAttrs>({
  kernel: "elu",
  from: "input",
  constants: ({ alpha }) => [alpha, 1],
  flops: 12,
});
