import { exp } from "../lib/math";
import { map, zip } from "../lib/rows";
import { madd, zero } from "../lib/simd";

// After the single-precision tanh of the Cephes library (Moshier): near 0, where 1 - 2 / (e^2x + 1) would cancel, a
// polynomial in x^2.
// @ts-ignore: decorator
@unmanaged @final
class Tanh {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 {
    const z = f32x4.mul(x, x);
    let p = f32x4.splat(-5.70498872745e-3);
    p = madd(f32x4.splat(2.06390887954e-2), p, z);
    p = madd(f32x4.splat(-5.37397155531e-2), p, z);
    p = madd(f32x4.splat(1.33314422036e-1), p, z);
    p = madd(f32x4.splat(-3.33332819422e-1), p, z);
    const near = madd(x, f32x4.mul(p, z), x);
    const one = f32x4.splat(1);
    const e = exp(f32x4.add(x, x));
    const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
    return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), f32x4.splat(0.625)));
  }
}

// @ts-ignore: decorator
@unmanaged @final
class TanhGrad {
  // @ts-ignore: decorator
  @inline of(dy: v128, y: v128, k: v128): v128 {
    return f32x4.mul(dy, f32x4.sub(f32x4.splat(1), f32x4.mul(y, y)));
  }
}

/** Hyperbolic tangent. Units are rows. */
export function tanh(out: usize, x: usize, begin: i32, end: i32): void {
  map<Tanh, v128>(out, x, zero(), begin, end);
}

/** dx = dy (1 - y^2). Units are rows. */
export function tanhGradInput(dx: usize, dy: usize, y: usize, begin: i32, end: i32): void {
  zip<TanhGrad, v128>(dx, dy, y, zero(), begin, end);
}
