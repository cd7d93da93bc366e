import { zip } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Maximum {
  // @ts-ignore: decorator
  @inline of(a: v128, b: v128, k: v128): v128 { return f32x4.max(a, b); }
}

// @ts-ignore: decorator
@unmanaged @final
class MaximumGrad {
  // @ts-ignore: decorator
  @inline of(dy: v128, ahead: v128, k: v128): v128 {
    const half = f32x4.mul(dy, f32x4.splat(0.5));
    const shared = v128.bitselect(dy, half, f32x4.gt(ahead, zero()));
    return v128.andnot(shared, f32x4.lt(ahead, zero()));
  }
}

/** The larger; NaN beside a NaN. Units are rows. */
export function maximum(out: usize, a: usize, b: usize, begin: i32, end: i32): void {
  zip<Maximum, v128>(out, a, b, zero(), begin, end);
}

/** dx = dy where x is ahead of the other, half of it where they are level. Units are rows. */
export function maximumGradInput(dx: usize, dy: usize, ahead: usize, begin: i32, end: i32): void {
  zip<MaximumGrad, v128>(dx, dy, ahead, zero(), begin, end);
}
