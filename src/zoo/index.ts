import "../wasm/inline.js";

import { alexnetModels } from "./alexnet.js";
import type { ZooModel } from "./entry.js";
import { lenetModels } from "./lenet.js";
import { ninModels } from "./nin.js";
import { resnetModels } from "./resnet.js";
import { resnetCifarModels } from "./resnet-cifar.js";
import { squeezenetModels } from "./squeezenet.js";
import { vggModels } from "./vgg.js";

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
export { lenet5, lenet5Layers } from "./lenet.js";
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

/** The networks by their names on the command line, torchvision's where it has them. */
export const models: Readonly<Record<string, ZooModel>> = {
  ...lenetModels,
  ...alexnetModels,
  ...vggModels,
  ...ninModels,
  ...squeezenetModels,
  ...resnetModels,
  ...resnetCifarModels,
};
