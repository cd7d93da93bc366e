// Addresses, and the few vector instructions that differ between builds.

/** Whether an address is inside the memory, or its end. For assertions, which only the debug build keeps. */
// @ts-ignore: decorator
@inline export function inMemory(p: usize): bool {
  return p > 0 && <u64>p <= (<u64>memory.size()) << 16;
}

/** Address of the i-th float from p. The only way an address is made from an index of floats. */
// @ts-ignore: decorator
@inline export function at(p: usize, i: i32): usize {
  const address = p + ((<usize>i) << 2);
  if (!ASC_NO_ASSERT) assert(inMemory(address));
  return address;
}

/** a + b * c: one fused instruction in the relaxed build, two in the plain one. */
// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(b, c, a);
  return f32x4.add(a, f32x4.mul(b, c));
}

/** a - b * c, likewise. */
// @ts-ignore: decorator
@inline export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(b, c, a);
  return f32x4.sub(a, f32x4.mul(b, c));
}

// @ts-ignore: decorator
@inline export function zero(): v128 {
  return f32x4.splat(0);
}

/** x kept between low and high; a NaN stays one. */
// @ts-ignore: decorator
@inline export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}

/** x where x > 0, else 0; a NaN stays one. (f32x4.max is eight machine instructions, pmax one.) */
// @ts-ignore: decorator
@inline export function positive(x: v128): v128 {
  return f32x4.pmax(x, zero());
}

/** x, but 0 where its size is below the smallest normal number, on which arithmetic is slow. A NaN stays one. */
// @ts-ignore: decorator
@inline export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(1.17549435e-38)));
}

/** 4 x 4 floats, rows becoming columns. Steps are in bytes. */
// @ts-ignore: decorator
@inline export function transpose4(out: usize, outStep: usize, x: usize, step: usize): void {
  const a = v128.load(x), b = v128.load(x + step), c = v128.load(x + 2 * step), d = v128.load(x + 3 * step);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  v128.store(out, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(out + outStep, v128.shuffle<f64>(ab, cd, 1, 3));
  const ef = v128.shuffle<f32>(a, b, 2, 6, 3, 7), gh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(out + 2 * outStep, v128.shuffle<f64>(ef, gh, 0, 2));
  v128.store(out + 3 * outStep, v128.shuffle<f64>(ef, gh, 1, 3));
}
