// The smallest modules that use a feature: engines that lack it refuse them. One function, no imports.
const HEADER = [0, 97, 115, 109, 1, 0, 0, 0];

/** (func (result v128) i32.const 0 i8x16.splat) */
const SIMD = [...HEADER, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];

/** The same, then (f32x4.relaxed_madd) of it three times. */
const RELAXED = [
  ...HEADER,
  ...[1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11],
];

/** 128-bit vectors: without them the library does not run. */
export function hasSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(SIMD));
}

/** Relaxed SIMD, for its fused multiply-add: Chrome 114, Firefox 145, Node 21 and later. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(RELAXED));
}

/** Memory that workers can share: always in Node, in a page only under cross-origin isolation. */
export function hasSharedMemory(): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  return typeof globalThis.crossOriginIsolated === "undefined" || globalThis.crossOriginIsolated;
}
