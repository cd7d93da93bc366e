import { expCalled, normalTail } from "../lib/math";
import { map, zip } from "../lib/rows";
import { madd, zero } from "../lib/simd";

/** The part of the normal distribution below x, by its complement where that is small. */
function below(x: v128): v128 {
  const tail = normalTail(f32x4.abs(x));
  return v128.bitselect(f32x4.sub(f32x4.splat(1), tail), tail, f32x4.gt(x, zero()));
}

// @ts-ignore: decorator
@unmanaged @final
class Gelu {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return f32x4.mul(x, below(x)); }
}

// @ts-ignore: decorator
@unmanaged @final
class GeluGrad {
  // @ts-ignore: decorator
  @inline of(dy: v128, x: v128, k: v128): v128 {
    const density = f32x4.mul(f32x4.splat(0.3989422804), expCalled(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))));
    return f32x4.mul(dy, madd(below(x), x, density));
  }
}

/** x times the part of the normal distribution below x. Units are rows. */
export function gelu(out: usize, x: usize, begin: i32, end: i32): void {
  map<Gelu, v128>(out, x, zero(), begin, end);
}

/** Units are rows. */
export function geluGradInput(dx: usize, dy: usize, x: usize, begin: i32, end: i32): void {
  zip<GeluGrad, v128>(dx, dy, x, zero(), begin, end);
}
