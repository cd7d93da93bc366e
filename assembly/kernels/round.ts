import { map } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Round {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return f32x4.nearest(x); }
}

/** The nearest whole number, of two the even one. Units are rows. */
export function round(out: usize, x: usize, begin: i32, end: i32): void {
  map<Round, v128>(out, x, zero(), begin, end);
}
