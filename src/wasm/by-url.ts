import { setCarrier } from "./runtime.js";

// Written out in full, so that bundlers find the files.
const simd = new URL("../featuremap.simd.wasm", import.meta.url);
const relaxed = new URL("../featuremap.relaxed.wasm", import.meta.url);

setCarrier({
  url: (wantRelaxed) => (wantRelaxed ? relaxed : simd),
  worker: new URL("../featuremap.worker.js", import.meta.url),
});
