import { map, zip } from "../lib/rows";
import { madd } from "../lib/simd";

/** Numbers of e^x as in lib/math, from memory: V8 makes a literal anew at each use, and this is most of a network such as LeNet-5. */
// @ts-ignore: decorator
@unmanaged @final
class Constants {
  low: f32; high: f32;
  log2e: f32; magic: f32; ln2: f32; ln2Rest: f32;
  p0: f32; p1: f32; p2: f32; p3: f32; p4: f32; p5: f32;
  one: f32;
}

// @ts-ignore: decorator
@unmanaged @final
class Sigmoid {
  /** e^-x from its smallest normal number to infinity, which 2^128 is: there the result is 0. */
  // @ts-ignore: decorator
  @inline of(x: v128, k: Constants): v128 {
    const one = f32x4.splat(k.one), magic = f32x4.splat(k.magic);
    const t = f32x4.pmin(f32x4.pmax(f32x4.neg(x), f32x4.splat(k.low)), f32x4.splat(k.high));
    const shifted = f32x4.add(f32x4.mul(t, f32x4.splat(k.log2e)), magic);
    const n = f32x4.sub(shifted, magic);
    const r = madd(madd(t, n, f32x4.splat(k.ln2)), n, f32x4.splat(k.ln2Rest));
    let p = madd(f32x4.splat(k.p1), f32x4.splat(k.p0), r);
    p = madd(f32x4.splat(k.p2), p, r);
    p = madd(f32x4.splat(k.p3), p, r);
    p = madd(f32x4.splat(k.p4), p, r);
    p = madd(f32x4.splat(k.p5), p, r);
    p = madd(f32x4.add(r, one), f32x4.mul(r, r), p);
    // 2^n: of the magic number nothing is left where n comes to be the exponent.
    const power = i32x4.add(i32x4.shl(shifted, 23), one);
    return f32x4.div(one, madd(one, p, power));
  }
}

// @ts-ignore: decorator
@unmanaged @final
class SigmoidGrad {
  // @ts-ignore: decorator
  @inline of(dy: v128, y: v128, k: Constants): v128 {
    return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(k.one), y)));
  }
}

/** 1 / (1 + e^-x). Units are rows. */
export function sigmoid(out: usize, x: usize, constants: usize, begin: i32, end: i32): void {
  map<Sigmoid, Constants>(out, x, changetype<Constants>(constants), begin, end);
}

/** dx = dy y (1 - y). Units are rows. */
export function sigmoidGradInput(dx: usize, dy: usize, y: usize, constants: usize, begin: i32, end: i32): void {
  zip<SigmoidGrad, Constants>(dx, dy, y, changetype<Constants>(constants), begin, end);
}
