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

// @ts-ignore: decorator
@inline export function zero(): v128 {
  return f32x4.splat(0);
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
