import { map } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Floor {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return f32x4.floor(x); }
}

/** The next whole number below. Units are rows. */
export function floor(out: usize, x: usize, begin: i32, end: i32): void {
  map<Floor, v128>(out, x, zero(), begin, end);
}
