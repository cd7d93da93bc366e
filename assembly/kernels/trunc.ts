import { map } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Trunc {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return f32x4.trunc(x); }
}

/** The next whole number towards zero. Units are rows. */
export function trunc(out: usize, x: usize, begin: i32, end: i32): void {
  map<Trunc, v128>(out, x, zero(), begin, end);
}
