// Every operation as a plain function on tensors, like torch.nn.functional. Each call runs at once on the calling
// thread; for anything repeated build a model. Inputs may be nested arrays. Spatial functions also take an input without
// the batch, [c, h, w], or a bare image, [h, w] (in one dimension [c, l] and [l]), and give back as many dimensions.

import "../wasm/inline.js";
import "../wasm/symbol-dispose.js";

export { type Nested, Tensor, tensor } from "../tensor.js";
export type { Input } from "./call.js";
export * from "./elementwise.js";
export * from "./losses.js";
export * from "./matrices.js";
export * from "./normalization.js";
export * from "./windows.js";
