// Everything in a single file, for a plain <script type="module">.

// First, for deflate packs its base64 worst in one block with the rest.
import "./wasm/inline.js";

export * as data from "./data/index.js";
export * as functional from "./functional/index.js";
export * as image from "./image/index.js";
export * from "./index.js";
export * as inspect from "./inspect/index.js";
export * as onnx from "./onnx/index.js";
export * as train from "./train/index.js";
export * as weights from "./weights/index.js";
export * as zoo from "./zoo/index.js";
