// What the main entry points offer. Each adds where its kernels come from.

import "./wasm/symbol-dispose.js";

export { FeatureMapError } from "./errors.js";
export * from "./layers/activation.js";
export { type Layers, type Network, network, parallel, residual, sequential } from "./layers/containers.js";
export {
  type ConvLayerOptions,
  type ConvOptions,
  conv1d,
  conv2d,
  depthwiseConv2d,
} from "./layers/convolution.js";
export { type Init, type Initializer, type Inits, inits } from "./layers/init.js";
export { custom, type Layer, type LayerRecord, type Scope } from "./layers/layer.js";
export { linear } from "./layers/linear.js";
export type {
  BuildOptions,
  Dialect,
  Feeds,
  Guess,
  LoadOptions,
  Model,
  Parameter,
  Picture,
  Port,
  StateDict,
} from "./layers/model.js";
export {
  type BatchNormOptions,
  batchNorm2d,
  dropout,
  type InstanceNormOptions,
  instanceNorm2d,
  type LocalResponseNormOptions,
  localResponseNorm,
} from "./layers/normalization.js";
export type { Padding, Sides } from "./layers/padding.js";
export {
  type AvgPoolOptions,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  globalAvgPool2d,
  globalMaxPool2d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
} from "./layers/pooling.js";
export { pixelShuffle, pixelUnshuffle, type UpsampleOptions, upsample } from "./layers/resize.js";
export { flatten, pad, unflatten } from "./layers/shape.js";
export {
  type ConvTransposeLayerOptions,
  type ConvTransposeOptions,
  convTranspose1d,
  convTranspose2d,
} from "./layers/transposed-convolution.js";
export type { Value } from "./ops/op.js";
export type { PaddingMode } from "./ops/pad.js";
export { Random } from "./random.js";
export { type Nested, type Shape, Tensor, tensor } from "./tensor.js";
export { dispose, init, type Runtime, type RuntimeOptions } from "./wasm/runtime.js";
