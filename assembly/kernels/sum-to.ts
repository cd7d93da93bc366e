// Sums over the dimensions that broadcasting repeats.

import { zero } from "../lib/simd";
import { addMap, clear, doubleAt, narrow, Sum } from "../lib/sums";
import { LANES, view } from "../lib/view";

/**
 * Units are planes of out, of one pixel each: the sum over the pixels of x, and over its images where out has only one.
 * sums: 8 doubles for each unit to work with.
 */
export function sumTo(out: usize, sums: usize, x: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x);
  const images = v.n / o.n;
  for (let unit = begin; unit < end; ++unit) {
    const sum = doubleAt(sums, unit * LANES);
    clear(sum);
    for (let n = 0; n < images; ++n) addMap<Sum>(sum, v, unit + n * v.blocks, zero(), zero());
    const q = o.planeOf(unit);
    v128.store(q, narrow(sum));
    v128.store(q, narrow(doubleAt(sum, 4)), 16);
  }
}
