import { logCalled } from "../lib/math";
import { map } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Log {
  // @ts-ignore: decorator
  @inline of(x: v128, k: v128): v128 { return logCalled(x); }
}

/** ln x. Units are rows. */
export function log(out: usize, x: usize, begin: i32, end: i32): void {
  map<Log, v128>(out, x, zero(), begin, end);
}
