// The mean squared difference of two views.

import { zip } from "../lib/rows";
import { madd, zero } from "../lib/simd";
import { doubleAt, sumZip } from "../lib/sums";
import { LANES, view } from "../lib/view";

// @ts-ignore: decorator
@unmanaged @final
class SquaredDifference {
  // @ts-ignore: decorator
  @inline of(sum: v128, a: v128, b: v128, k: v128): v128 {
    const d = f32x4.sub(a, b);
    return madd(sum, d, d);
  }
}

// @ts-ignore: decorator
@unmanaged @final
class ScaledDifference {
  // @ts-ignore: decorator
  @inline of(a: v128, b: v128, k: v128): v128 { return f32x4.mul(f32x4.sub(a, b), k); }
}

/** Units are planes. partial[n][block]: 8 sums of squared differences. */
export function mse(partial: usize, x: usize, target: usize, begin: i32, end: i32): void {
  for (let plane = begin; plane < end; ++plane) {
    sumZip<SquaredDifference>(doubleAt(partial, plane * LANES), view(x), view(target), plane, zero(), zero());
  }
}

/** Units are rows. constants: [2 / elements]. dx = 2 (x - target) / elements, times the loss's own gradient if there is one. */
export function mseGradInput(
  dx: usize,
  x: usize,
  target: usize,
  grad: usize,
  constants: usize,
  begin: i32,
  end: i32,
): void {
  const factor = load<f32>(constants);
  zip<ScaledDifference, v128>(dx, x, target, f32x4.splat(grad ? factor * load<f32>(grad) : factor), begin, end);
}
