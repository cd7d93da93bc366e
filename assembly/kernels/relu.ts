import { map, zip } from "../lib/rows";
import { positive, zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Relu {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return positive(x); }
}

// @ts-ignore: decorator
@unmanaged @final
class ReluGrad {
  // @ts-ignore: decorator
  @inline of(dy: v128, y: v128, k: v128): v128 { return v128.andnot(dy, f32x4.le(y, zero())); }
}

/** Units are rows. */
export function relu(out: usize, x: usize, begin: i32, end: i32): void {
  map<Relu, v128>(out, x, zero(), begin, end);
}

/** dx = dy unless y is 0. Units are rows. */
export function reluGradInput(dx: usize, dy: usize, y: usize, begin: i32, end: i32): void {
  zip<ReluGrad, v128>(dx, dy, y, zero(), begin, end);
}
