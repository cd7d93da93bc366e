// Kernels and worker carried in the bundle, so that no bundler, server or content security policy is in the way.

import toRelaxed from "wasm:relaxed-from-simd";
import simd from "wasm:simd";
import source from "worker:inline";
import { applyDelta } from "./delta.js";
import { setCarrier } from "./runtime.js";

setCarrier({
  bytes: (wantRelaxed) => (wantRelaxed ? applyDelta(simd, toRelaxed) : simd),
  worker: source,
});
