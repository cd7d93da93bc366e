import type { Place } from "./layout.js";
import { float, type StepWriter } from "./op.js";

/** Appends out = factor times the sum of `count` doubles. */
export function writeTotal(
  plan: StepWriter,
  out: Place,
  partial: Place,
  count: number,
  factor: number,
): void {
  plan.step("total", 1, [out, partial, plan.constants([count, float(factor)])], count);
}
