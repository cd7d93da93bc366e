import { expCalled, logCalled } from "../lib/math";
import { map } from "../lib/rows";
import { positive } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Softplus {
  // @ts-ignore: decorator
  @inline of(x: v128, beta: v128): v128 {
    const one = f32x4.splat(1);
    const t = f32x4.mul(x, beta);
    const z = expCalled(f32x4.neg(f32x4.abs(t)));
    // ln(1 + z), with what the addition rounds off.
    const u = f32x4.add(one, z);
    const rest = f32x4.div(f32x4.sub(f32x4.sub(u, one), z), u);
    return f32x4.div(f32x4.add(positive(t), f32x4.sub(logCalled(u), rest)), beta);
  }
}

/** ln(1 + e^(beta x)) / beta. constants: [beta]. Units are rows. */
export function softplus(out: usize, x: usize, constants: usize, begin: i32, end: i32): void {
  map<Softplus, v128>(out, x, v128.load32_splat(constants), begin, end);
}
