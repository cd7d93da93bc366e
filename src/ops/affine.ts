import { elementwise } from "./elementwise.js";

export interface AffineAttrs {
  readonly scale: number;
  readonly shift: number;
}

/** scale x + shift, for two numbers. */
export const affine = elementwise<AffineAttrs>({
  name: "affine",
  kernel: "clip",
  from: "input",
  constants: ({ scale, shift }) => [scale, shift, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  flops: 4,
});
