import { checkCount, checkFlags, checkOptions } from "../errors.js";
import { type Network, sequential } from "../layers/containers.js";
import { normal } from "../layers/init.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { dropout } from "../layers/normalization.js";
import { avgPool2d, globalAvgPool2d, maxPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { auxiliary, withoutHeads } from "./auxiliary.js";
import { basicConv } from "./basic-conv.js";
import { create, type ZooOptions } from "./create.js";
import { imagenet, type ZooModel } from "./entry.js";
import { branched } from "./flow.js";
import { HALVES, transformInput as transform } from "./transform-input.js";

const conv = basicConv(normal(0.1));

const mean3 = avgPool2d(3, { stride: 1, padding: 1 });
const halve = maxPool2d(3, { stride: 2 });

/** Two 3 x 3 kernels beside a 5 x 5 one (figure 5 of the paper): [c, h, w] to [224 + poolFeatures, h, w]. */
export function inceptionA(poolFeatures: number): Network {
  checkCount("inceptionA: channels of the pooling", poolFeatures);
  return branched("InceptionA", [
    { branch1x1: conv(64, 1) },
    { branch5x5_1: conv(48, 1), branch5x5_2: conv(64, 5, { padding: 2 }) },
    {
      branch3x3dbl_1: conv(64, 1),
      branch3x3dbl_2: conv(96, 3, { padding: 1 }),
      branch3x3dbl_3: conv(96, 3, { padding: 1 }),
    },
    { avgpool: mean3, branch_pool: conv(poolFeatures, 1) },
  ]);
}

/** Smaller images by convolution and pooling side by side (figure 10): [c, h, w] to [c + 480, (h - 1) / 2, (w - 1) / 2]. */
export function inceptionB(): Network {
  return branched("InceptionB", [
    { branch3x3: conv(384, 3, { stride: 2 }) },
    {
      branch3x3dbl_1: conv(64, 1),
      branch3x3dbl_2: conv(96, 3, { padding: 1 }),
      branch3x3dbl_3: conv(96, 3, { stride: 2 }),
    },
    { maxpool: halve },
  ]);
}

const across7 = { padding: [0, 3] };
const down7 = { padding: [3, 0] };

/** 7 x 7 kernels as 1 x 7 and 7 x 1 ones (figure 6), on `channels7x7` channels: [c, h, w] to [768, h, w]. */
export function inceptionC(channels7x7: number): Network {
  checkCount("inceptionC: channels of the 7 x 7 kernels", channels7x7);
  const c = channels7x7;
  return branched("InceptionC", [
    { branch1x1: conv(192, 1) },
    {
      branch7x7_1: conv(c, 1),
      branch7x7_2: conv(c, [1, 7], across7),
      branch7x7_3: conv(192, [7, 1], down7),
    },
    {
      branch7x7dbl_1: conv(c, 1),
      branch7x7dbl_2: conv(c, [7, 1], down7),
      branch7x7dbl_3: conv(c, [1, 7], across7),
      branch7x7dbl_4: conv(c, [7, 1], down7),
      branch7x7dbl_5: conv(192, [1, 7], across7),
    },
    { avgpool: mean3, branch_pool: conv(192, 1) },
  ]);
}

/** Smaller images again, 7 x 7 kernels before one branch: [c, h, w] to [c + 512, (h - 1) / 2, (w - 1) / 2]. */
export function inceptionD(): Network {
  return branched("InceptionD", [
    { branch3x3_1: conv(192, 1), branch3x3_2: conv(320, 3, { stride: 2 }) },
    {
      branch7x7x3_1: conv(192, 1),
      branch7x7x3_2: conv(192, [1, 7], across7),
      branch7x7x3_3: conv(192, [7, 1], down7),
      branch7x7x3_4: conv(192, 3, { stride: 2 }),
    },
    { maxpool: halve },
  ]);
}

const across3 = { padding: [0, 1] };
const down3 = { padding: [1, 0] };

/** 1 x 3 and 3 x 1 kernels side by side (figure 7): [c, h, w] to [2048, h, w]. */
export function inceptionE(): Network {
  return branched("InceptionE", [
    { branch1x1: conv(320, 1) },
    {
      branch3x3_1: conv(384, 1),
      branch3x3_2: [{ branch3x3_2a: conv(384, [1, 3], across3) }, { branch3x3_2b: conv(384, [3, 1], down3) }],
    },
    {
      branch3x3dbl_1: conv(448, 1),
      branch3x3dbl_2: conv(384, 3, { padding: 1 }),
      branch3x3dbl_3: [
        { branch3x3dbl_3a: conv(384, [1, 3], across3) },
        { branch3x3dbl_3b: conv(384, [3, 1], down3) },
      ],
    },
    { avgpool: mean3, branch_pool: conv(192, 1) },
  ]);
}

export interface InceptionV3LayersOptions {
  /** Another classifier halfway that helps to train it, for pictures of 299 x 299 or more; its loss counts 0.4. Default false. */
  auxiliary?: boolean;
  /** Inputs are normalised for torchvision's other networks. Default false: they have mean and deviation 0.5. */
  transformInput?: boolean;
  /** Before the last layer. Default 0.5. */
  dropout?: number;
  /** Default 1000. */
  numClasses?: number;
}

const OPTIONS = ["auxiliary", "transformInput", "dropout"] as const;
const AUXILIARY_WEIGHT = 0.4;
/** Its pooling and its 5 x 5 kernel take windows of 17 x 17. */
const AUXILIARY_LEAST = { map: 17, picture: 299 };

/**
 * Inception-v3 (Szegedy et al., Rethinking the Inception architecture for computer vision, 2015), named as in
 * torchvision: [3, 299, 299] to 1000 scores, 23,834,568 parameters, 27,161,264 with the auxiliary head.
 */
export function inceptionV3Layers(options: InceptionV3LayersOptions = {}): Network {
  checkOptions("inceptionV3Layers", options, [...OPTIONS, "numClasses"]);
  const { auxiliary: head = false, transformInput = false, dropout: p = 0.5, numClasses = 1000 } = options;
  checkFlags("inceptionV3", { auxiliary: head, transformInput });
  return sequential({
    ...(transformInput && { transform: transform() }),
    Conv2d_1a_3x3: conv(32, 3, { stride: 2 }), // 149x149x32
    Conv2d_2a_3x3: conv(32, 3), // 147x147x32
    Conv2d_2b_3x3: conv(64, 3, { padding: 1 }), // 147x147x64
    maxpool1: halve, // 73x73x64
    Conv2d_3b_1x1: conv(80, 1), // 73x73x80
    Conv2d_4a_3x3: conv(192, 3), // 71x71x192
    maxpool2: halve, // 35x35x192
    Mixed_5b: inceptionA(32), // 35x35x256
    Mixed_5c: inceptionA(64), // 35x35x288
    Mixed_5d: inceptionA(64), // 35x35x288
    Mixed_6a: inceptionB(), // 17x17x768
    Mixed_6b: inceptionC(128), // 17x17x768
    Mixed_6c: inceptionC(160), // 17x17x768
    Mixed_6d: inceptionC(160), // 17x17x768
    Mixed_6e: inceptionC(192), // 17x17x768
    ...(head && { AuxLogits: auxiliary(classifier(numClasses), AUXILIARY_WEIGHT, AUXILIARY_LEAST) }),
    Mixed_7a: inceptionD(), // 8x8x1280
    Mixed_7b: inceptionE(), // 8x8x2048
    Mixed_7c: inceptionE(), // 8x8x2048
    avgpool: globalAvgPool2d(), // 1x1x2048
    dropout: dropout(p),
    flatten: flatten(),
    fc: linear(numClasses, { init: { weight: normal(0.1) } }),
  });
}

/** The auxiliary classifier, for images of 17 x 17. */
function classifier(numClasses: number): Network {
  return sequential({
    pool: avgPool2d(5, { stride: 3 }), // 5x5
    conv0: conv(128, 1), // 5x5x128
    conv1: conv(768, 5), // 1x1x768
    avgpool: globalAvgPool2d(),
    flatten: flatten(),
    fc: linear(numClasses, { init: { weight: normal(0.001) } }),
  });
}

/** Its weights come from TensorFlow. */
const preprocessing = { size: [299, 299], shorter: 342, ...HALVES } as const;
const usual = { ...imagenet, inputShape: [3, 299, 299], preprocessing };

export interface InceptionV3Options extends ZooOptions, Omit<InceptionV3LayersOptions, "numClasses"> {}

/** Inception-v3: see {@link inceptionV3Layers}. Files with the auxiliary head load into networks without. */
export function inceptionV3(options: InceptionV3Options = {}): Promise<Model> {
  const { mean, std } = imagenet.preprocessing;
  return create(
    {
      ...usual,
      preprocessing: { ...preprocessing, ...(options.transformInput && { mean, std }) },
      what: "inceptionV3",
      takes: OPTIONS,
      layers: inceptionV3Layers,
      head: "fc",
      dialects: options.auxiliary ? [] : [withoutHeads("AuxLogits")],
    },
    options,
  );
}

export const inceptionV3Models: Readonly<Record<string, ZooModel>> = {
  inception_v3: {
    ...usual,
    title: "Inception-v3",
    paper:
      "Szegedy, Vanhoucke, Ioffe, Shlens, Wojna: Rethinking the Inception architecture for computer vision, 2015",
    parameters: 23_834_568,
    create: inceptionV3,
  },
};
