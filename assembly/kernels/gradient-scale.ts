// Clipping by the length of the whole gradient, as torch.nn.utils.clip_grad_norm_.

import { at } from "../lib/simd";
import { doubleAt, sumOfLanes } from "../lib/sums";

/** Floats that a unit adds up: the same cut whoever does the work. */
const CHUNK: i32 = 4096;

/** Units are chunks. partial: the sum of squares of each, in double precision. constants: [floats in all]. */
export function sumSquares(partial: usize, x: usize, constants: usize, begin: i32, end: i32): void {
  const count = load<i32>(constants);
  for (let chunk = begin; chunk < end; ++chunk) {
    let s0 = f64x2.splat(0), s1 = s0;
    const stop = min(count, (chunk + 1) * CHUNK);
    let i = chunk * CHUNK;
    for (; i <= stop - 4; i += 4) {
      const p = at(x, i);
      const low = f64x2.promote_low_f32x4(v128.load64_zero(p));
      const high = f64x2.promote_low_f32x4(v128.load64_zero(p, 8));
      s0 = f64x2.add(s0, f64x2.mul(low, low));
      s1 = f64x2.add(s1, f64x2.mul(high, high));
    }
    let sum = sumOfLanes(s0) + sumOfLanes(s1);
    for (; i < stop; ++i) sum += <f64>load<f32>(at(x, i)) * <f64>load<f32>(at(x, i));
    store<f64>(doubleAt(partial, chunk), sum);
  }
}

/** One unit. norm = the root of the sum of the chunks; scale brings it down to hyper[0] where it is longer. */
export function gradientScale(
  scale: usize,
  norm: usize,
  partial: usize,
  hyper: usize,
  constants: usize,
  begin: i32,
  end: i32,
): void {
  const chunks = (load<i32>(constants) + CHUNK - 1) / CHUNK;
  let sum: f64 = 0;
  for (let i = 0; i < chunks; ++i) sum += load<f64>(doubleAt(partial, i));
  const length = sqrt<f64>(sum);
  store<f32>(norm, <f32>length);
  store<f32>(scale, <f32>min<f64>(1, <f64>load<f32>(hyper) / (length + 1e-6)));
}
