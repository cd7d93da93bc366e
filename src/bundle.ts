// The single-file bundle for a plain <script type="module">: the library with its parts as namespaces, without codecs,
// the zoo and torch.save's files. featuremap.all.min.js has these too.

// First, for deflate packs its base64 worst in one block with the rest.
import "./wasm/inline.js";

export * as data from "./data/sets.js";
export * as functional from "./functional/index.js";
export * from "./index.js";
export * as train from "./train/index.js";
export * as weights from "./weights/index.js";
