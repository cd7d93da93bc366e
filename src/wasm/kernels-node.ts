// Node reads a file from disk: it need not be small, and unpacking takes 15 ms before the engine is warm.

import relaxed from "wasm:relaxed";
import simd from "wasm:simd";

/** The binary of a build. */
export const kernels = (wantRelaxed: boolean): Uint8Array => (wantRelaxed ? relaxed : simd);
