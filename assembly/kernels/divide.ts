import { zip } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Divide {
  // @ts-ignore: decorator
  @inline of(a: v128, b: v128, k: v128): v128 { return f32x4.div(a, b); }
}

/** Units are rows. */
export function divide(out: usize, a: usize, b: usize, begin: i32, end: i32): void {
  zip<Divide, v128>(out, a, b, zero(), begin, end);
}
