import { readFile } from "#platform";
import { setCarrier } from "./runtime.js";

setCarrier({
  load: (relaxed) =>
    readFile(new URL(relaxed ? "../featuremap.relaxed.wasm" : "../featuremap.simd.wasm", import.meta.url)),
  worker: new URL("../worker.js", import.meta.url),
});
