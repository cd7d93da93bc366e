import { zip } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Prelu {
  // @ts-ignore: decorator
  @inline of(x: v128, slope: v128, k: v128): v128 {
    return v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, zero()));
  }
}

// @ts-ignore: decorator
@unmanaged @final
class PreluSlope {
  // @ts-ignore: decorator
  @inline of(x: v128, slope: v128, k: v128): v128 {
    return v128.bitselect(f32x4.splat(1), slope, f32x4.gt(x, zero()));
  }
}

/** x where positive, x times the slope elsewhere. Units are rows. */
export function prelu(out: usize, x: usize, slope: usize, begin: i32, end: i32): void {
  zip<Prelu, v128>(out, x, slope, zero(), begin, end);
}

/** 1 where x is positive, the slope elsewhere. Units are rows. */
export function preluSlope(out: usize, x: usize, slope: usize, begin: i32, end: i32): void {
  zip<PreluSlope, v128>(out, x, slope, zero(), begin, end);
}
