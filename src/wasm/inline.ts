// Kernels and worker carried in the bundle, so that no bundler, server or content security policy is in the way.

import relaxed from "wasm:relaxed";
import simd from "wasm:simd";
import source from "worker:inline";
import { setCarrier } from "./runtime.js";

const bytes = (wantRelaxed: boolean): Uint8Array => (wantRelaxed ? relaxed : simd);

setCarrier({ bytes, load: async (wantRelaxed) => bytes(wantRelaxed), worker: source });
