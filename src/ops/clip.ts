import { elementwise } from "./elementwise.js";

export interface ClipAttrs {
  readonly min: number;
  readonly max: number;
}

/** min(max(x, min), max); either bound may be infinite. At a bound the gradient is 0, as torch's hardtanh has it. */
export const clip = elementwise<ClipAttrs>({
  kernel: "clip",
  from: "input",
  constants: ({ min, max }) => [1, 0, min, max],
  flops: 4,
});
