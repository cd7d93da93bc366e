import { checkCount, checkFlags, checkIs, checkNumber, checkOptions } from "../errors.js";
import { relu } from "../layers/activation.js";
import { type Network, network, sequential } from "../layers/containers.js";
import { conv2d, depthwiseConv2d } from "../layers/convolution.js";
import { heNormal } from "../layers/init.js";
import { custom } from "../layers/layer.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { batchNorm2d, dropout } from "../layers/normalization.js";
import { globalAvgPool2d, maxPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { create, type ZooOptions } from "./create.js";
import { imagenet, type ZooModel } from "./entry.js";
import { type ConvStyle, checkPadding } from "./mobile.js";
import { HALVES } from "./transform-input.js";

const init = { weight: heNormal({ mode: "fanOut" }) };

/**
 * A convolution in two steps, without an activation between them: 3 x 3 kernels, one for each channel, then 1 x 1 kernels
 * over the channels; [c, h, w] to [channels, h, w].
 */
export function separableConv2d(channels: number): Network {
  return sequential({
    conv1: depthwiseConv2d(3, { padding: 1, bias: false, init }),
    pointwise: conv2d(channels, 1, { bias: false, init }),
  });
}

export interface XceptionBlockOptions extends Omit<ConvStyle, "batchNorm"> {
  /** Of the pooling at the end, where it is not 1. Default 1. */
  stride?: number;
  /** Begin with a ReLU. Default true. */
  activateFirst?: boolean;
}

/**
 * Separable convolutions of these numbers of channels, a ReLU before and batch norm after each, and a shortcut, by 1 x 1
 * kernels where the shape changes.
 */
export function xceptionBlock(filters: readonly number[], options: XceptionBlockOptions = {}): Network {
  const what = "xceptionBlock";
  checkIs(
    Array.isArray(filters) && filters.length > 0,
    `${what}: filters`,
    filters,
    "a list, as in [728, 1024]",
  );
  checkOptions(what, options, ["stride", "activateFirst", "padding", "eps"]);
  const { stride = 1, activateFirst = true, padding, eps = 1e-5 } = options;
  checkCount(`${what}: stride`, stride);
  checkFlags(what, { activateFirst });
  checkNumber(`${what}: eps`, eps, { above: 0 });
  const same = checkPadding(what, padding) === "same";
  const rep = sequential([
    ...filters.flatMap((channels, i) => [
      ...(i > 0 || activateFirst ? [relu()] : []),
      separableConv2d(channels),
      batchNorm2d({ eps }),
    ]),
    ...(stride === 1 ? [] : [maxPool2d(3, { stride, padding: same ? "same" : 1 })]),
  ]);
  const outs = filters.at(-1)!;
  const skip = sequential({
    skip: conv2d(outs, 1, { stride, bias: false, init }),
    skipbn: batchNorm2d({ eps }),
  });
  return network(
    custom("XceptionBlock", (scope, x) => {
      const y = scope.child("rep", rep, x);
      return scope.add(y, x.shape[1] === outs && stride === 1 ? x : skip.apply(scope, x));
    }),
  );
}

export interface XceptionLayersOptions extends Omit<ConvStyle, "batchNorm"> {
  /** Before the last layer. Default 0. */
  dropout?: number;
  /** Default 1000. */
  numClasses?: number;
}

const OPTIONS = ["dropout", "padding", "eps"] as const;

/**
 * Xception (Chollet, Xception: deep learning with depthwise separable convolutions, 2016), named as in timm, whose weights
 * come from Keras: [3, 299, 299] to 1000 scores, 22,855,952 parameters, as many as in Keras. Keras has
 * `{ padding: "same", eps: 1e-3 }`.
 */
export function xceptionLayers(options: XceptionLayersOptions = {}): Network {
  checkOptions("xceptionLayers", options, [...OPTIONS, "numClasses"]);
  const { dropout: p = 0, numClasses = 1000, ...style } = options;
  const { eps = 1e-5 } = style;
  const halving = { stride: 2, ...style };
  return sequential({
    // Entry flow
    conv1: conv2d(32, 3, { stride: 2, bias: false, init }), // 149x149x32
    bn1: batchNorm2d({ eps }),
    act1: relu(),
    conv2: conv2d(64, 3, { bias: false, init }), // 147x147x64
    bn2: batchNorm2d({ eps }),
    act2: relu(),
    block1: xceptionBlock([128, 128], { activateFirst: false, ...halving }), // 74x74x128
    block2: xceptionBlock([256, 256], halving), // 37x37x256
    block3: xceptionBlock([728, 728], halving), // 19x19x728
    // Middle flow
    ...Object.fromEntries(
      [4, 5, 6, 7, 8, 9, 10, 11].map((i) => [`block${i}`, xceptionBlock([728, 728, 728], style)]),
    ), // 19x19x728
    // Exit flow
    block12: xceptionBlock([728, 1024], halving), // 10x10x1024
    conv3: separableConv2d(1536), // 10x10x1536
    bn3: batchNorm2d({ eps }),
    act3: relu(),
    conv4: separableConv2d(2048), // 10x10x2048
    bn4: batchNorm2d({ eps }),
    act4: relu(),
    global_pool: globalAvgPool2d(), // 1x1x2048
    flatten: flatten(),
    dropout: dropout(p),
    fc: linear(numClasses),
  });
}

const preprocessing = { size: [299, 299], shorter: 333, method: "bicubic", ...HALVES } as const;
const usual = { ...imagenet, inputShape: [3, 299, 299], preprocessing };

export interface XceptionOptions extends ZooOptions, Omit<XceptionLayersOptions, "numClasses"> {}

/** Xception: see {@link xceptionLayers}. */
export function xception(options: XceptionOptions = {}): Promise<Model> {
  return create({ ...usual, what: "xception", takes: OPTIONS, layers: xceptionLayers, head: "fc" }, options);
}

export const xceptionModels: Readonly<Record<string, ZooModel>> = {
  xception: {
    ...usual,
    title: "Xception",
    paper: "Chollet: Xception: deep learning with depthwise separable convolutions, 2016",
    parameters: 22_855_952,
    create: xception,
  },
};
