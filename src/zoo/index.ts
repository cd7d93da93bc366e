import "../wasm/inline.js";

import { alexnetModels } from "./alexnet.js";
import type { ZooModel } from "./entry.js";
import { googlenetModels } from "./googlenet.js";
import { inceptionV2Models } from "./inception-v2.js";
import { inceptionV3Models } from "./inception-v3.js";
import { lenetModels } from "./lenet.js";
import { mobilenetV1Models } from "./mobilenet-v1.js";
import { mobilenetV2Models } from "./mobilenet-v2.js";
import { ninModels } from "./nin.js";
import { resnetModels } from "./resnet.js";
import { resnetCifarModels } from "./resnet-cifar.js";
import { squeezenetModels } from "./squeezenet.js";
import { vggModels } from "./vgg.js";
import { xceptionModels } from "./xception.js";

export {
  type AlexnetLayersOptions,
  type AlexnetOptions,
  alexnet,
  alexnet2012,
  alexnet2012Layers,
  alexnetLayers,
} from "./alexnet.js";
export type { ZooOptions } from "./create.js";
export type { Recipe, ZooModel } from "./entry.js";
export {
  type GooglenetLayersOptions,
  type GooglenetOptions,
  googlenet,
  googlenet2014,
  googlenetLayers,
  type InceptionSizes,
  inception,
} from "./googlenet.js";
export { imagenetLabels } from "./imagenet.js";
export {
  type InceptionV2LayersOptions,
  type InceptionV2Sizes,
  inceptionModuleV2,
  inceptionV2,
  inceptionV2Layers,
} from "./inception-v2.js";
export {
  type InceptionV3LayersOptions,
  type InceptionV3Options,
  inceptionA,
  inceptionB,
  inceptionC,
  inceptionD,
  inceptionE,
  inceptionV3,
  inceptionV3Layers,
} from "./inception-v3.js";
export { type Lenet5LayersOptions, type Lenet5Options, lenet5, lenet5Layers } from "./lenet.js";
export type { ConvStyle } from "./mobile.js";
export {
  type DepthwiseSeparableOptions,
  depthwiseSeparable,
  type MobilenetV1LayersOptions,
  type MobilenetV1Options,
  mobilenetV1,
  mobilenetV1_025,
  mobilenetV1_050,
  mobilenetV1_075,
  mobilenetV1Layers,
} from "./mobilenet-v1.js";
export {
  type InvertedResidualOptions,
  invertedResidual,
  type MobilenetV2LayersOptions,
  type MobilenetV2Options,
  type MobilenetV2Stage,
  mobilenetV2,
  mobilenetV2Layers,
} from "./mobilenet-v2.js";
export {
  type NinBlockOptions,
  type NinLayersOptions,
  type NinOptions,
  ninBlock,
  ninCifar,
  ninLayers,
} from "./nin.js";
export {
  type BasicBlockOptions,
  type BottleneckOptions,
  basicBlock,
  bottleneck,
  type ResnetLayersOptions,
  type ResnetOptions,
  resnet,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  resnetLayers,
  type Shortcut,
} from "./resnet.js";
export {
  type ResnetCifarLayersOptions,
  type ResnetCifarOptions,
  resnet20Cifar,
  resnet32Cifar,
  resnet44Cifar,
  resnet56Cifar,
  resnet110Cifar,
  resnetCifar,
  resnetCifarLayers,
} from "./resnet-cifar.js";
export {
  fire,
  type SqueezenetLayersOptions,
  type SqueezenetOptions,
  squeezenet,
  squeezenet1_0,
  squeezenet1_1,
  squeezenetLayers,
} from "./squeezenet.js";
export {
  type VggBlockOptions,
  type VggBlocks,
  type VggLayersOptions,
  type VggOptions,
  vgg,
  vgg11,
  vgg11Bn,
  vgg13,
  vgg13Bn,
  vgg16,
  vgg16Bn,
  vgg19,
  vgg19Bn,
  vggBlock,
  vggLayers,
} from "./vgg.js";
export {
  separableConv2d,
  type XceptionBlockOptions,
  type XceptionLayersOptions,
  type XceptionOptions,
  xception,
  xceptionBlock,
  xceptionLayers,
} from "./xception.js";

/** The networks by their names on the command line, torchvision's where it has them. */
export const models: Readonly<Record<string, ZooModel>> = {
  ...lenetModels,
  ...alexnetModels,
  ...vggModels,
  ...ninModels,
  ...squeezenetModels,
  ...resnetModels,
  ...resnetCifarModels,
  ...googlenetModels,
  ...inceptionV2Models,
  ...inceptionV3Models,
  ...mobilenetV1Models,
  ...mobilenetV2Models,
  ...xceptionModels,
};
