import { expCalled } from "../lib/math";
import { map } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Exp {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return expCalled(x); }
}

/** e^x. Units are rows. */
export function exp(out: usize, x: usize, begin: i32, end: i32): void {
  map<Exp, v128>(out, x, zero(), begin, end);
}
