import { relu } from "../layers/activation.js";
import { sequential } from "../layers/containers.js";
import { conv2d } from "../layers/convolution.js";
import { filled, heNormal, type Initializer } from "../layers/init.js";
import type { Layer } from "../layers/layer.js";
import { batchNorm2d } from "../layers/normalization.js";
import type { Padding } from "../layers/padding.js";
import type { Size2 } from "../ops/shape.js";

/** A convolution, and what follows each in a family. */
export type Conv = (
  channels: number,
  kernel: Size2,
  options?: { stride?: number; padding?: Padding },
) => Layer;

/** Convolution, batch norm and ReLU: torchvision's BasicConv2d, by its names. */
export const basicConv =
  (weight?: Initializer): Conv =>
  (channels, kernel, options) =>
    sequential({
      conv: conv2d(channels, kernel, { ...options, bias: false, init: { weight } }),
      bn: batchNorm2d({ eps: 1e-3 }),
      relu: relu(),
    });

/** Convolution with biases, and ReLU. Biases begin at 0.2, as in the Caffe models of 2014. */
export const plainConv: Conv = (channels, kernel, options) =>
  sequential({
    conv: conv2d(channels, kernel, { ...options, init: { weight: heNormal(), bias: filled(0.2) } }),
    relu: relu(),
  });
