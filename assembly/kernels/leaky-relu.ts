import { map, zip } from "../lib/rows";
import { zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class LeakyRelu {
  // @ts-ignore: decorator
  @inline of(x: v128, slope: v128): v128 {
    return v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, zero()));
  }
}

// @ts-ignore: decorator
@unmanaged @final
class LeakyReluGrad {
  // @ts-ignore: decorator
  @inline of(dy: v128, x: v128, slope: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, slope), f32x4.gt(x, zero()));
  }
}

/** x where positive, x times the slope elsewhere. constants: [slope]. Units are rows. */
export function leakyRelu(out: usize, x: usize, constants: usize, begin: i32, end: i32): void {
  map<LeakyRelu, v128>(out, x, v128.load32_splat(constants), begin, end);
}

/** Units are rows. */
export function leakyReluGradInput(dx: usize, dy: usize, x: usize, constants: usize, begin: i32, end: i32): void {
  zip<LeakyReluGrad, v128>(dx, dy, x, v128.load32_splat(constants), begin, end);
}
