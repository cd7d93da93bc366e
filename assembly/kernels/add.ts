import { at, zero } from "../lib/simd";
import { zip } from "../lib/rows";

// @ts-ignore: decorator
@unmanaged @final
class Add {
  // @ts-ignore: decorator
  @inline of(a: v128, b: v128, k: v128): v128 { return f32x4.add(a, b); }
}

/** Units are rows. */
export function add(out: usize, a: usize, b: usize, begin: i32, end: i32): void {
  zip<Add, v128>(out, a, b, zero(), begin, end);
}

/** Units are groups of 4 floats in a row, of `count` in all: behind the last one a gradient has zeros, which stay. */
export function addDense(out: usize, a: usize, b: usize, count: i32, begin: i32, end: i32): void {
  const stop = min(end * 4, count);
  let i = begin * 4;
  for (; i <= stop - 4; i += 4) v128.store(at(out, i), f32x4.add(v128.load(at(a, i)), v128.load(at(b, i))));
  for (; i < stop; ++i) store<f32>(at(out, i), load<f32>(at(a, i)) + load<f32>(at(b, i)));
}
