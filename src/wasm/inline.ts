// Kernels and worker carried in the bundle, so that no bundler, server or content security policy is in the way.

import packed from "wasm:packed";
import source from "worker:inline";
import { unpackLzma } from "./lzma.js";
import { setCarrier } from "./runtime.js";

setCarrier({
  bytes(wantRelaxed) {
    // The ends of the plain build and of the relaxed one behind it.
    const ends = new Uint32Array(packed.slice(0, 8).buffer);
    const builds = unpackLzma(packed.subarray(8), ends[wantRelaxed ? 1 : 0]!);
    return wantRelaxed ? builds.subarray(ends[0]) : builds;
  },
  worker: source,
});
