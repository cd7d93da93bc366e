import { checkOptions } from "../errors.js";
import { relu } from "../layers/activation.js";
import { type Network, sequential } from "../layers/containers.js";
import { conv2d } from "../layers/convolution.js";
import { filled, normal } from "../layers/init.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { dropout, localResponseNorm } from "../layers/normalization.js";
import { adaptiveAvgPool2d, maxPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { create, type ZooOptions } from "./create.js";
import { carefully, imagenet, type ZooModel } from "./entry.js";

export interface AlexnetLayersOptions {
  /** Outputs of the two hidden linear layers. Default 4096. */
  hidden?: number;
  /** Before or after them. Default 0.5. */
  dropout?: number;
  /** Default 1000. */
  numClasses?: number;
}

/**
 * AlexNet on one tower, without normalisation (Krizhevsky, One weird trick for parallelizing convolutional neural
 * networks, 2014), as torchvision has it: [3, 224, 224] to 1000 scores, 61,100,840 parameters.
 */
export function alexnetLayers(options: AlexnetLayersOptions = {}): Network {
  checkOptions("alexnetLayers", options, ["hidden", "dropout", "numClasses"]);
  const { hidden = 4096, dropout: p = 0.5, numClasses = 1000 } = options;
  return sequential({
    features: sequential([
      conv2d(64, 11, { stride: 4, padding: 2 }), // 55x55x64
      relu(),
      maxPool2d(3, { stride: 2 }), // 27x27x64
      conv2d(192, 5, { padding: 2 }), // 27x27x192
      relu(),
      maxPool2d(3, { stride: 2 }), // 13x13x192
      conv2d(384, 3, { padding: 1 }), // 13x13x384
      relu(),
      conv2d(256, 3, { padding: 1 }), // 13x13x256
      relu(),
      conv2d(256, 3, { padding: 1 }), // 13x13x256
      relu(),
      maxPool2d(3, { stride: 2 }), // 6x6x256
    ]),
    avgpool: adaptiveAvgPool2d(6),
    flatten: flatten(),
    classifier: sequential([
      dropout(p),
      linear(hidden),
      relu(),
      dropout(p),
      linear(hidden),
      relu(),
      linear(numClasses),
    ]),
  });
}

/**
 * AlexNet as it won in 2012 (Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural
 * networks): the second, fourth and fifth convolution in two groups, one for each of its two GPUs, local response
 * normalisation, overlapping pooling; 60,965,224 parameters. The inputs are [3, 227, 227]: the paper says 224, from which
 * its 55 x 55 maps do not follow. Layers are called as in Caffe's files. Normalisation is the paper's formula, whose alpha
 * is not divided by the size; Caffe's reference network has k = 1 and divides.
 */
export function alexnet2012Layers(options: AlexnetLayersOptions = {}): Network {
  checkOptions("alexnet2012Layers", options, ["hidden", "dropout", "numClasses"]);
  const { hidden = 4096, dropout: p = 0.5, numClasses = 1000 } = options;
  // Section 5: weights of deviation 0.01; ones in the biases that would otherwise leave ReLUs without positive inputs.
  const zeros = { weight: normal(0.01), bias: filled(0) };
  const ones = { weight: normal(0.01), bias: filled(1) };
  const norm = localResponseNorm(5, { k: 2, alpha: 5 * 1e-4, beta: 0.75 });
  return sequential({
    conv1: conv2d(96, 11, { stride: 4, init: zeros }), // 55x55x96
    relu1: relu(),
    norm1: norm,
    pool1: maxPool2d(3, { stride: 2 }), // 27x27x96
    conv2: conv2d(256, 5, { padding: 2, groups: 2, init: ones }), // 27x27x256
    relu2: relu(),
    norm2: norm,
    pool2: maxPool2d(3, { stride: 2 }), // 13x13x256
    conv3: conv2d(384, 3, { padding: 1, init: zeros }), // 13x13x384
    relu3: relu(),
    conv4: conv2d(384, 3, { padding: 1, groups: 2, init: ones }), // 13x13x384
    relu4: relu(),
    conv5: conv2d(256, 3, { padding: 1, groups: 2, init: ones }), // 13x13x256
    relu5: relu(),
    pool5: maxPool2d(3, { stride: 2 }), // 6x6x256
    flatten: flatten(),
    fc6: linear(hidden, { init: ones }),
    relu6: relu(),
    drop6: dropout(p),
    fc7: linear(hidden, { init: ones }),
    relu7: relu(),
    drop7: dropout(p),
    fc8: linear(numClasses, { init: zeros }),
  });
}

export interface AlexnetOptions extends ZooOptions, Omit<AlexnetLayersOptions, "numClasses"> {}

/** AlexNet as torchvision has it: see {@link alexnetLayers}. */
export function alexnet(options: AlexnetOptions = {}): Promise<Model> {
  const takes = ["hidden", "dropout"] as const;
  return create(
    { ...imagenet, what: "alexnet", takes, layers: alexnetLayers, head: "classifier.6" },
    options,
  );
}

/** What the network of 2012 sees; from 224 x 224 its sizes do not follow. */
const of2012 = { ...imagenet, inputShape: [3, 227, 227] };

/**
 * AlexNet as it won in 2012: see {@link alexnet2012Layers}. Pictures are prepared as for torchvision's networks; Caffe's
 * weights want blue first and numbers from 0 to 255 less the mean, in a `prepare` of one's own.
 */
export function alexnet2012(options: AlexnetOptions = {}): Promise<Model> {
  const takes = ["hidden", "dropout"] as const;
  return create({ ...of2012, what: "alexnet2012", takes, layers: alexnet2012Layers, head: "fc8" }, options);
}

export const alexnetModels: Readonly<Record<string, ZooModel>> = {
  alexnet: {
    ...imagenet,
    title: "AlexNet",
    paper: "Krizhevsky: One weird trick for parallelizing convolutional neural networks, 2014",
    parameters: 61_100_840,
    recipe: carefully,
    create: alexnet,
  },
  alexnet_2012: {
    ...of2012,
    title: "AlexNet of 2012",
    paper:
      "Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks, 2012",
    parameters: 60_965_224,
    recipe: carefully,
    create: alexnet2012,
  },
};
