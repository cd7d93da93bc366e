import { exp } from "../lib/math";
import { map, zip } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Sigmoid {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 {
    const one = f32x4.splat(1);
    return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
  }
}

// @ts-ignore: decorator
@unmanaged @final
class SigmoidGrad {
  // @ts-ignore: decorator
  @inline of(dy: v128, y: v128, k: v128): v128 {
    return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
  }
}

/** 1 / (1 + e^-x). Units are rows. */
export function sigmoid(out: usize, x: usize, begin: i32, end: i32): void {
  map<Sigmoid, v128>(out, x, zero(), begin, end);
}

/** dx = dy y (1 - y). Units are rows. */
export function sigmoidGradInput(dx: usize, dy: usize, y: usize, begin: i32, end: i32): void {
  zip<SigmoidGrad, v128>(dx, dy, y, zero(), begin, end);
}
