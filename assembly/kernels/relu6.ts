import { map, zip } from "../lib/rows";
import { positive, zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Relu6 {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return f32x4.pmin(positive(x), f32x4.splat(6)); }
}

// @ts-ignore: decorator
@unmanaged @final
class Relu6Grad {
  // @ts-ignore: decorator
  @inline of(dy: v128, y: v128, k: v128): v128 {
    return v128.andnot(dy, v128.or(f32x4.le(y, zero()), f32x4.ge(y, f32x4.splat(6))));
  }
}

/** min(max(x, 0), 6). Units are rows. */
export function relu6(out: usize, x: usize, begin: i32, end: i32): void {
  map<Relu6, v128>(out, x, zero(), begin, end);
}

/** dx = dy unless y is 0 or 6. Units are rows. */
export function relu6GradInput(dx: usize, dy: usize, y: usize, begin: i32, end: i32): void {
  zip<Relu6Grad, v128>(dx, dy, y, zero(), begin, end);
}
