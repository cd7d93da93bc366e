// Dropout (Srivastava et al., 2014). Whether an element is kept is a function of seed, step, salt and its index, so it
// does not depend on threads, and the gradient finds the same mask without having it stored.

import { LANES, view } from "../lib/view";

// @ts-ignore: decorator
@unmanaged @final
class Chance {
  /** Tells the dropouts of one network apart. */
  salt: i32;
  /** Elements are kept whose 31 random bits are above this. */
  threshold: i32;
  /** What is kept is multiplied by this. */
  scale: f32;
}

/** Every bit of x changes half of the bits of the result (Wellons, "Prospecting for hash functions", 2018). */
// @ts-ignore: decorator
@inline
function mix(x: i32): i32 {
  x = (x ^ (x >>> 16)) * 0x21f0aaad;
  x = (x ^ (x >>> 15)) * 0x735a2d97;
  return x ^ (x >>> 15);
}

/** The same on four lanes, with a second key in the middle, so that two masks are never one another's shift. */
// @ts-ignore: decorator
@inline
function random(counter: v128, key: v128): v128 {
  let x = i32x4.mul(v128.xor(counter, i32x4.shr_u(counter, 16)), i32x4.splat(0x21f0aaad));
  x = v128.xor(x, key);
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x735a2d97));
  return v128.xor(x, i32x4.shr_u(x, 15));
}

/** Units are rows. state: [seed, step], whole numbers. Elements are counted in memory order, padding lanes included. */
export function dropout(out: usize, x: usize, state: usize, constants: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x), chance = changetype<Chance>(constants);
  const seed = <i32>load<f32>(state), step = <i32>load<f32>(state, 4);
  const first = mix(mix(mix(seed + 0x1e3779b9) + step) + chance.salt);
  const key = i32x4.splat(mix(first + 0x1e3779b9));
  const threshold = i32x4.splat(chance.threshold);
  const scale = f32x4.splat(chance.scale);
  for (let unit = begin; unit < end; ++unit) {
    let q = o.rowOf(unit), p = v.rowOf(unit);
    let counter = i32x4.add(i32x4.splat(first + unit * o.w * LANES), i32x4(0, 1, 2, 3));
    for (let i = o.w; i > 0; --i, q += o.pixel, p += v.pixel) {
      const low = i32x4.gt_s(i32x4.shr_u(random(counter, key), 1), threshold);
      const high = i32x4.gt_s(i32x4.shr_u(random(i32x4.add(counter, i32x4.splat(4)), key), 1), threshold);
      v128.store(q, v128.and(f32x4.mul(v128.load(p), scale), low));
      v128.store(q, v128.and(f32x4.mul(v128.load(p, 16), scale), high), 16);
      counter = i32x4.add(counter, i32x4.splat(LANES));
    }
  }
}
