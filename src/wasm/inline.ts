// Kernels and worker carried in the bundle, so that no bundler, server or content security policy is in the way.

import toRelaxed from "wasm:relaxed-from-simd.deflate";
import simd from "wasm:simd.deflate";
import source from "worker:inline";
import { inflateSync } from "fflate";
import { applyDelta } from "./delta.js";
import { setCarrier } from "./runtime.js";

setCarrier({
  bytes(wantRelaxed) {
    const plain = inflateSync(simd);
    return wantRelaxed ? applyDelta(plain, inflateSync(toRelaxed)) : plain;
  },
  worker: source,
});
