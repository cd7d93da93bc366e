import { map } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Ceil {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return f32x4.ceil(x); }
}

/** The next whole number above. Units are rows. */
export function ceil(out: usize, x: usize, begin: i32, end: i32): void {
  map<Ceil, v128>(out, x, zero(), begin, end);
}
