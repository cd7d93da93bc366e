/** The compiled kernels of one target of asconfig.json, put in by the build. */
declare module "wasm:simd" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
/** Both builds, packed by scripts/plugins.mjs. */
declare module "wasm:packed" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module "wasm:relaxed" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
/** Compiled with assertions; for tests. */
declare module "wasm:debug" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
/** The text of worker.ts as one script, put in by the build. */
declare module "worker:inline" {
  const source: string;
  export default source;
}
