// The default entry point: everything inline.

import "./wasm/inline.js";

export * from "./api.js";
