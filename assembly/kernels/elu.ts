import { expCalled, expm1 } from "../lib/math";
import { map, zip } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Constants {
  alpha: f32;
  gamma: f32;
}

// @ts-ignore: decorator
@unmanaged @final
class Elu {
  // @ts-ignore: decorator
  @inline of(x: v128, k: Constants): v128 {
    const low = f32x4.mul(f32x4.splat(k.alpha), expm1(x));
    return f32x4.mul(f32x4.splat(k.gamma), v128.bitselect(x, low, f32x4.gt(x, zero())));
  }
}

// @ts-ignore: decorator
@unmanaged @final
class EluGrad {
  // @ts-ignore: decorator
  @inline of(dy: v128, x: v128, k: Constants): v128 {
    const low = f32x4.mul(f32x4.splat(k.alpha), expCalled(x));
    const slope = v128.bitselect(f32x4.splat(1), low, f32x4.gt(x, zero()));
    return f32x4.mul(f32x4.mul(dy, f32x4.splat(k.gamma)), slope);
  }
}

/** gamma times: x where positive, alpha (e^x - 1) elsewhere. Units are rows. */
export function elu(out: usize, x: usize, constants: usize, begin: i32, end: i32): void {
  map<Elu, Constants>(out, x, changetype<Constants>(constants), begin, end);
}

/** Units are rows. */
export function eluGradInput(dx: usize, dy: usize, x: usize, constants: usize, begin: i32, end: i32): void {
  zip<EluGrad, Constants>(dx, dy, x, changetype<Constants>(constants), begin, end);
}
