import { check, show } from "../errors.js";
import { elementwise } from "./elementwise.js";

export interface ClipAttrs {
  readonly min: number;
  readonly max: number;
}

/** min(max(x, min), max); either bound may be infinite. At a bound the gradient is 0, as torch's hardtanh has it. */
export const clip = {
  ...elementwise<ClipAttrs>({
    kernel: "clip",
    from: "input",
    constants: ({ min, max }) => [1, 0, min, max],
    flops: 4,
  }),
  clamps: ({ min, max }: ClipAttrs) => ({ low: min, high: max }),
};

/** Throws unless the bounds are numbers, which may be infinite, the smaller one first. */
export function checkBounds(what: string, min: unknown, max: unknown): void {
  check(
    typeof min === "number" && typeof max === "number" && min <= max,
    () =>
      `${what}: the bounds are ${show(min)} and ${show(max)}; they must be numbers, the smaller one first.`,
  );
}
