// The entry point whose kernels and worker are files beside it, fetched by URL: smaller scripts, streaming compilation,
// and a content security policy that forbids blob workers. Call `await init()` before building the first model.

import "./wasm/by-url.js";

export * from "./api.js";
