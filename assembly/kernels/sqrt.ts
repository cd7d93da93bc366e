import { map } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Sqrt {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return f32x4.sqrt(x); }
}

/** The square root. Units are rows. */
export function sqrt(out: usize, x: usize, begin: i32, end: i32): void {
  map<Sqrt, v128>(out, x, zero(), begin, end);
}
