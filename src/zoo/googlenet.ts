import { checkFlags, checkOptions } from "../errors.js";
import { relu } from "../layers/activation.js";
import { type Network, parallel, sequential } from "../layers/containers.js";
import { normal } from "../layers/init.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { dropout, localResponseNorm } from "../layers/normalization.js";
import { adaptiveAvgPool2d, avgPool2d, globalAvgPool2d, maxPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { auxiliary, withoutHeads } from "./auxiliary.js";
import { basicConv, type Conv, plainConv } from "./basic-conv.js";
import { create, type ZooOptions } from "./create.js";
import { carefully, imagenet, type ZooModel } from "./entry.js";
import { checkSizes } from "./sizes.js";
import { HALVES, transformInput as transform } from "./transform-input.js";

/** The six numbers of an inception module, in the order of the paper's table, under torchvision's names. */
export interface InceptionSizes {
  ch1x1: number;
  /** Channels that the 3 x 3 kernels see. */
  ch3x3red: number;
  ch3x3: number;
  /** Channels that the 5 x 5 kernels see. */
  ch5x5red: number;
  ch5x5: number;
  /** Channels that the pooling keeps. */
  poolProj: number;
}

const SIZES = ["ch1x1", "ch3x3red", "ch3x3", "ch5x5red", "ch5x5", "poolProj"] as const;

/**
 * The inception module: kernels of 1 x 1, 3 x 3 and 5 x 5 and a pooling side by side, behind 1 x 1 convolutions that make
 * them cheap; [c, h, w] to [ch1x1 + ch3x3 + ch5x5 + poolProj, h, w]. With `batchNorm` its convolutions are normalised
 * instead of having biases.
 */
export function inception({
  batchNorm = false,
  ...sizes
}: InceptionSizes & { batchNorm?: boolean }): Network {
  checkFlags("inception", { batchNorm });
  return inceptionOf(batchNorm ? basicConv() : plainConv, 5, sizes);
}

/** The module made of a network's own kind of convolutions. `large` is the kernel of the third branch. */
function inceptionOf(conv: Conv, large: number, sizes: InceptionSizes): Network {
  checkSizes("inception", sizes, SIZES);
  const { ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, poolProj } = sizes;
  return parallel({
    branch1: conv(ch1x1, 1),
    branch2: sequential([conv(ch3x3red, 1), conv(ch3x3, 3, { padding: 1 })]),
    branch3: sequential([conv(ch5x5red, 1), conv(ch5x5, large, { padding: (large - 1) / 2 })]),
    branch4: sequential([maxPool2d(3, { stride: 1, padding: 1 }), conv(poolProj, 1)]),
  });
}

export interface GooglenetLayersOptions {
  /**
   * As it won in 2014: biases in place of batch norm, local response normalisation, 5 x 5 kernels. Default false:
   * torchvision's, which has batch norm, and 3 x 3 kernels in place of 5 x 5 ones.
   */
  original?: boolean;
  /** Two more classifiers halfway that help to train it; their losses count 0.3. Default false. */
  auxiliary?: boolean;
  /** Inputs are normalised for torchvision's other networks. Default false: they have mean and deviation 0.5. */
  transformInput?: boolean;
  /** Before the last layer. Default 0.2, in the original 0.4. */
  dropout?: number;
  /** Before the last layer of an auxiliary classifier. Default 0.7. */
  auxiliaryDropout?: number;
  /** Default 1000. */
  numClasses?: number;
}

const OPTIONS = ["original", "auxiliary", "transformInput", "dropout", "auxiliaryDropout"] as const;
const AUXILIARY_WEIGHT = 0.3;

/**
 * GoogLeNet (Szegedy et al., Going deeper with convolutions, 2014): [3, 224, 224] to 1000 scores. Torchvision's, by its
 * names: 6,624,904 parameters, 13,004,888 with auxiliary heads. The original: 6,998,552, or 13,378,280, as in Caffe's
 * bvlc_googlenet; its layers are called as in torchvision.
 */
export function googlenetLayers(options: GooglenetLayersOptions = {}): Network {
  checkOptions("googlenetLayers", options, [...OPTIONS, "numClasses"]);
  const { original = false, auxiliary: heads = false, transformInput = false, numClasses = 1000 } = options;
  checkFlags("googlenet", { original, auxiliary: heads, transformInput });
  const { dropout: p = original ? 0.4 : 0.2, auxiliaryDropout = 0.7 } = options;
  const conv = original ? plainConv : basicConv(normal(0.01));
  const init = original ? {} : { weight: normal(0.01) };
  const mixed = (...[ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, poolProj]: Row) =>
    inceptionOf(conv, original ? 5 : 3, { ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, poolProj });
  const pool = (size: number) => maxPool2d(size, { stride: 2, ceilMode: true });
  const lrn = localResponseNorm(5, { alpha: 1e-4, beta: 0.75 });
  const classifier = sequential({
    avgpool: original ? avgPool2d(5, { stride: 3 }) : adaptiveAvgPool2d(4), // 4x4
    conv: conv(128, 1), // 4x4x128
    flatten: flatten(),
    fc1: linear(1024, { init }),
    relu: relu(),
    dropout: dropout(auxiliaryDropout),
    fc2: linear(numClasses, { init }),
  });
  const least = original ? { map: 5, picture: 79 } : undefined;
  const head = auxiliary(classifier, AUXILIARY_WEIGHT, least);
  return sequential({
    ...(transformInput && { transform: transform() }),
    conv1: conv(64, 7, { stride: 2, padding: 3 }), // 112x112x64
    maxpool1: pool(3), // 56x56x64
    ...(original && { norm1: lrn }),
    conv2: conv(64, 1), // 56x56x64
    conv3: conv(192, 3, { padding: 1 }), // 56x56x192
    ...(original && { norm2: lrn }),
    maxpool2: pool(3), // 28x28x192
    inception3a: mixed(64, 96, 128, 16, 32, 32), // 28x28x256
    inception3b: mixed(128, 128, 192, 32, 96, 64), // 28x28x480
    maxpool3: pool(3), // 14x14x480
    inception4a: mixed(192, 96, 208, 16, 48, 64), // 14x14x512
    ...(heads && { aux1: head }),
    inception4b: mixed(160, 112, 224, 24, 64, 64), // 14x14x512
    inception4c: mixed(128, 128, 256, 24, 64, 64), // 14x14x512
    inception4d: mixed(112, 144, 288, 32, 64, 64), // 14x14x528
    ...(heads && { aux2: head }),
    inception4e: mixed(256, 160, 320, 32, 128, 128), // 14x14x832
    maxpool4: pool(original ? 3 : 2), // 7x7x832
    inception5a: mixed(256, 160, 320, 32, 128, 128), // 7x7x832
    inception5b: mixed(384, 192, 384, 48, 128, 128), // 7x7x1024
    avgpool: globalAvgPool2d(), // 1x1x1024
    flatten: flatten(),
    dropout: dropout(p),
    fc: linear(numClasses, { init }),
  });
}

/** A row of the paper's table. */
type Row = [
  ch1x1: number,
  ch3x3red: number,
  ch3x3: number,
  ch5x5red: number,
  ch5x5: number,
  poolProj: number,
];

/** Torchvision's weights come from TensorFlow. */
const inHalves = { ...imagenet, preprocessing: { ...imagenet.preprocessing, ...HALVES } };

export interface GooglenetOptions extends ZooOptions, Omit<GooglenetLayersOptions, "numClasses"> {}

/**
 * GoogLeNet as torchvision has it, or the original: see {@link googlenetLayers}. Files with auxiliary heads load into
 * networks without.
 */
export function googlenet(options: GooglenetOptions = {}): Promise<Model> {
  return create(
    {
      ...(options.original || options.transformInput ? imagenet : inHalves),
      what: "googlenet",
      takes: OPTIONS,
      layers: googlenetLayers,
      head: "fc",
      dialects: options.auxiliary ? [] : [withoutHeads("aux1", "aux2")],
    },
    options,
  );
}

/**
 * GoogLeNet as it won in 2014: see {@link googlenetLayers}. Pictures are prepared as for torchvision's networks; Caffe's
 * weights want blue first and numbers from 0 to 255 less 104, 117 and 123, in a `prepare` of one's own.
 */
export const googlenet2014 = (options: GooglenetOptions = {}): Promise<Model> =>
  googlenet({ original: true, ...options });

const paper =
  "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich: Going deeper with convolutions, 2014";

export const googlenetModels: Readonly<Record<string, ZooModel>> = {
  googlenet: {
    ...inHalves,
    title: "GoogLeNet",
    paper,
    parameters: 6_624_904,
    create: googlenet,
  },
  googlenet_2014: {
    ...imagenet,
    title: "GoogLeNet of 2014",
    paper,
    parameters: 6_998_552,
    create: googlenet2014,
    recipe: carefully,
  },
};
