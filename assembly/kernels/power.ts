import { logCalled } from "../lib/math";
import { power as pow } from "../lib/power";
import { zip } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Power {
  // @ts-ignore: decorator
  @inline of(a: v128, b: v128, k: v128): v128 { return pow(a, b); }
}

// @ts-ignore: decorator
@unmanaged @final
class PowerGrad {
  // @ts-ignore: decorator
  @inline of(dyy: v128, a: v128, k: v128): v128 {
    return v128.andnot(f32x4.mul(dyy, logCalled(a)), f32x4.eq(dyy, zero()));
  }
}

/** a^b. Units are rows. */
export function power(out: usize, a: usize, b: usize, begin: i32, end: i32): void {
  zip<Power, v128>(out, a, b, zero(), begin, end);
}

/** db = dy a^b ln a, 0 where a^b is. dyy: dy a^b. Units are rows. */
export function powerGradExponent(db: usize, dyy: usize, a: usize, begin: i32, end: i32): void {
  zip<PowerGrad, v128>(db, dyy, a, zero(), begin, end);
}
