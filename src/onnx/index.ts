// ONNX files: what they hold becomes a model, and models become files.

import "../wasm/inline.js";

export { type ExportOptions, exportOnnx } from "./export/export.js";

export type { ExternalData } from "./external.js";
export { type ImportOptions, importOnnx } from "./import.js";
