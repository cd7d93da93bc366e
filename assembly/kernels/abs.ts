import { map, zip } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Abs {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return f32x4.abs(x); }
}

// @ts-ignore: decorator
@unmanaged @final
class AbsGrad {
  // @ts-ignore: decorator
  @inline of(dy: v128, x: v128, k: v128): v128 {
    const signed = v128.xor(dy, v128.and(x, i32x4.splat(0x80000000)));
    return v128.andnot(signed, f32x4.eq(x, zero()));
  }
}

/** The size without the sign. Units are rows. */
export function abs(out: usize, x: usize, begin: i32, end: i32): void {
  map<Abs, v128>(out, x, zero(), begin, end);
}

/** dx = dy times the sign of x, 0 at 0. Units are rows. */
export function absGradInput(dx: usize, dy: usize, x: usize, begin: i32, end: i32): void {
  zip<AbsGrad, v128>(dx, dy, x, zero(), begin, end);
}
