import { zero } from "../lib/simd";
import { zip } from "../lib/rows";

// @ts-ignore: decorator
@unmanaged @final
class Add {
  // @ts-ignore: decorator
  @inline of(a: v128, b: v128, k: v128): v128 { return f32x4.add(a, b); }
}

/** Units are rows. */
export function add(out: usize, a: usize, b: usize, begin: i32, end: i32): void {
  zip<Add, v128>(out, a, b, zero(), begin, end);
}
