// Kernels and worker carried in the bundle, so that no bundler, server or content security policy is in the way.

import relaxed from "wasm:relaxed";
import simd from "wasm:simd";
import source from "worker:inline";
import { setCarrier } from "./runtime.js";

setCarrier({ bytes: (wantRelaxed) => (wantRelaxed ? relaxed : simd), worker: source });
