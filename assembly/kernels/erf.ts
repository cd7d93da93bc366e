import { normalTail } from "../lib/math";
import { map } from "../lib/rows";
import { madd, zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Erf {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 {
    // Near 0, where 1 - 2 tail would cancel, its series.
    const z = f32x4.mul(x, x);
    let p = f32x4.splat(-1.0 / 1320);
    p = madd(f32x4.splat(1.0 / 216), p, z);
    p = madd(f32x4.splat(-1.0 / 42), p, z);
    p = madd(f32x4.splat(1.0 / 10), p, z);
    p = madd(f32x4.splat(-1.0 / 3), p, z);
    p = madd(f32x4.splat(1), p, z);
    const near = f32x4.mul(f32x4.mul(x, f32x4.splat(1.1283791671)), p);
    const size = f32x4.abs(x);
    const far = madd(f32x4.splat(1), f32x4.splat(-2), normalTail(f32x4.mul(size, f32x4.splat(1.41421356237))));
    const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
    return v128.bitselect(near, signed, f32x4.lt(size, f32x4.splat(0.5)));
  }
}

/** The error function. Units are rows. */
export function erf(out: usize, x: usize, begin: i32, end: i32): void {
  map<Erf, v128>(out, x, zero(), begin, end);
}
