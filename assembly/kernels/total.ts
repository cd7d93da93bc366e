import { doubleAt } from "../lib/sums";

// @ts-ignore: decorator
@unmanaged @final
class Weighting {
  count: i32;
  factor: f32;
}

/** One unit. out = factor times the sum of `count` doubles. */
export function total(out: usize, partial: usize, constants: usize, begin: i32, end: i32): void {
  const k = changetype<Weighting>(constants);
  let sum: f64 = 0;
  for (let i = 0; i < k.count; ++i) sum += load<f64>(doubleAt(partial, i));
  store<f32>(out, <f32>(sum * <f64>k.factor));
}
