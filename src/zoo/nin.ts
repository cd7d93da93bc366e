import { checkIs, checkOptions } from "../errors.js";
import { relu } from "../layers/activation.js";
import { type Network, sequential } from "../layers/containers.js";
import { conv2d } from "../layers/convolution.js";
import { filled, normal } from "../layers/init.js";
import type { Model } from "../layers/model.js";
import { dropout } from "../layers/normalization.js";
import { avgPool2d, globalAvgPool2d, maxPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import type { Size2 } from "../ops/shape.js";
import { create, type ZooOptions } from "./create.js";
import { carefully, cifar, type ZooModel } from "./entry.js";

export interface NinBlockOptions {
  /** Step of the first convolution. Default 1. */
  stride?: Size2;
  /** Pixels around its input. Default 0. */
  padding?: number;
}

/**
 * A convolution and, on each pixel of it, a small network of linear layers: convolutions by 1 x 1 kernels. `filters` are
 * the outputs of each, such as [192, 160, 96]; a ReLU follows each.
 */
export function ninBlock(filters: readonly number[], kernel: Size2, options: NinBlockOptions = {}): Network {
  checkOptions("ninBlock", options, ["stride", "padding"]);
  const { stride = 1, padding = 0 } = options;
  const listed = Array.isArray(filters) && filters.length > 0;
  checkIs(listed, "ninBlock: filters", filters, "a list of numbers, such as [192, 160, 96]");
  const init = { weight: normal(0.05), bias: filled(0) };
  return sequential(
    filters.flatMap((channels, i) => [
      i === 0 ? conv2d(channels, kernel, { stride, padding, init }) : conv2d(channels, 1, { init }),
      relu(),
    ]),
  );
}

export interface NinLayersOptions {
  /** After each pooling. Default 0.5. */
  dropout?: number;
  /** Default 10. */
  numClasses?: number;
}

/**
 * Network in Network for CIFAR-10 (Lin, Chen, Yan, 2013), in the sizes of its authors' Caffe files: [3, 32, 32] to 10
 * scores without a linear layer, the mean of one map for each class; 966,986 parameters.
 */
export function ninLayers(options: NinLayersOptions = {}): Network {
  checkOptions("ninLayers", options, ["dropout", "numClasses"]);
  const { dropout: p = 0.5, numClasses = 10 } = options;
  return sequential({
    block1: ninBlock([192, 160, 96], 5, { padding: 2 }), // 32x32x96
    pool1: maxPool2d(3, { stride: 2, ceilMode: true }), // 16x16x96
    drop1: dropout(p),
    block2: ninBlock([192, 192, 192], 5, { padding: 2 }), // 16x16x192
    pool2: avgPool2d(3, { stride: 2, ceilMode: true }), // 8x8x192
    drop2: dropout(p),
    block3: ninBlock([192, 192, numClasses], 3, { padding: 1 }), // 8x8x10
    pool3: globalAvgPool2d(), // 1x1x10
    flatten: flatten(),
  });
}

export interface NinOptions extends ZooOptions, Omit<NinLayersOptions, "numClasses"> {}

/** Network in Network for CIFAR-10: see {@link ninLayers}. */
export function ninCifar(options: NinOptions = {}): Promise<Model> {
  const takes = ["dropout"] as const;
  return create({ ...cifar, what: "ninCifar", takes, layers: ninLayers, head: "block3.4" }, options);
}

export const ninModels: Readonly<Record<string, ZooModel>> = {
  nin_cifar: {
    ...cifar,
    title: "Network in Network for CIFAR-10",
    paper: "Lin, Chen, Yan: Network in network, 2013",
    parameters: 966_986,
    recipe: { ...carefully, batchSize: 128, lr: 0.0005 },
    create: ninCifar,
  },
};
