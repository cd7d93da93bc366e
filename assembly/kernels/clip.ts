import { map, zip } from "../lib/rows";
import { madd } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Constants {
  scale: f32;
  shift: f32;
  min: f32;
  max: f32;
}

/** scale x + shift. */
// @ts-ignore: decorator
@inline function line(x: v128, k: Constants): v128 {
  return madd(f32x4.splat(k.shift), x, f32x4.splat(k.scale));
}

// @ts-ignore: decorator
@unmanaged @final
class Clip {
  // @ts-ignore: decorator
  @inline of(x: v128, k: Constants): v128 {
    return f32x4.pmin(f32x4.pmax(line(x, k), f32x4.splat(k.min)), f32x4.splat(k.max));
  }
}

// @ts-ignore: decorator
@unmanaged @final
class ClipGrad {
  // @ts-ignore: decorator
  @inline of(dy: v128, x: v128, k: Constants): v128 {
    const y = line(x, k);
    const beyond = v128.or(f32x4.le(y, f32x4.splat(k.min)), f32x4.ge(y, f32x4.splat(k.max)));
    return v128.andnot(f32x4.mul(dy, f32x4.splat(k.scale)), beyond);
  }
}

/** min(max(scale x + shift, min), max); a NaN stays one. Units are rows. */
export function clip(out: usize, x: usize, constants: usize, begin: i32, end: i32): void {
  map<Clip, Constants>(out, x, changetype<Constants>(constants), begin, end);
}

/** dx = scale dy strictly between min and max, 0 elsewhere. Units are rows. */
export function clipGradInput(dx: usize, dy: usize, x: usize, constants: usize, begin: i32, end: i32): void {
  zip<ClipGrad, Constants>(dx, dy, x, changetype<Constants>(constants), begin, end);
}
