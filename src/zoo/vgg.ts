import { checkCount, checkFlags, checkIs, checkOptions } from "../errors.js";
import { relu } from "../layers/activation.js";
import { type Network, sequential } from "../layers/containers.js";
import { conv2d } from "../layers/convolution.js";
import { filled, heNormal, normal } from "../layers/init.js";
import type { Layer } from "../layers/layer.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { batchNorm2d, dropout } from "../layers/normalization.js";
import { adaptiveAvgPool2d, maxPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { create, type ZooOptions } from "./create.js";
import { timmVgg } from "./dialects/timm.js";
import { carefully, imagenet, type ZooModel } from "./entry.js";

export interface VggBlockOptions {
  /** Normalise between convolution and activation (Ioffe and Szegedy, 2015). Default false. */
  batchNorm?: boolean;
}

/** `n` convolutions by 3 x 3 kernels with ReLUs, then pooling: [c, h, w] to [filters, floor(h / 2), floor(w / 2)]. */
export function vggBlock(n: number, filters: number, options: VggBlockOptions = {}): Network {
  return sequential(blockLayers(n, filters, options));
}

function blockLayers(n: number, filters: number, options: VggBlockOptions): Layer[] {
  checkOptions("vggBlock", options, ["batchNorm"]);
  checkCount("vggBlock: the number of convolutions", n);
  const { batchNorm = false } = options;
  checkFlags("vggBlock", { batchNorm });
  const init = { weight: heNormal({ mode: "fanOut" }), bias: filled(0) };
  const convolution = [
    conv2d(filters, 3, { padding: 1, init }),
    ...(batchNorm ? [batchNorm2d()] : []),
    relu(),
  ];
  return [...Array<Layer[]>(n).fill(convolution).flat(), maxPool2d(2)];
}

/** The blocks of a VGG: how many convolutions each has, and how many filters. */
export type VggBlocks = readonly (readonly [n: number, filters: number])[];

export interface VggLayersOptions extends VggBlockOptions {
  blocks: VggBlocks;
  /** Outputs of the two hidden linear layers. Default 4096. */
  hidden?: number;
  /** After them. Default 0.5. */
  dropout?: number;
  /** Default 1000. */
  numClasses?: number;
}

/** The layers of a VGG (Simonyan and Zisserman, 2014), named and initialised as in torchvision. */
export function vggLayers(options: VggLayersOptions): Network {
  checkOptions("vggLayers", options, ["blocks", "batchNorm", "hidden", "dropout", "numClasses"]);
  const { blocks, batchNorm = false, hidden = 4096, dropout: p = 0.5, numClasses = 1000 } = options;
  checkIs(
    Array.isArray(blocks) && blocks.length > 0 && blocks.every((block) => block?.length === 2),
    "vgg: blocks",
    blocks,
    "a list of [convolutions, filters], such as [[1, 64], [2, 128]]",
  );
  const init = { weight: normal(0.01), bias: filled(0) };
  return sequential({
    // Flat, since the names count through: features.0, features.1, ...
    features: sequential(blocks.flatMap(([n, filters]) => blockLayers(n, filters, { batchNorm }))),
    avgpool: adaptiveAvgPool2d(7),
    flatten: flatten(),
    classifier: sequential([
      linear(hidden, { init }),
      relu(),
      dropout(p),
      linear(hidden, { init }),
      relu(),
      dropout(p),
      linear(numClasses, { init }),
    ]),
  });
}

/** Options of a VGG whose blocks are known. */
export interface VggOptions extends ZooOptions, Omit<VggLayersOptions, "blocks" | "numClasses"> {}

/** A VGG of any blocks: see {@link vggLayers}. */
export function vgg(options: VggOptions & { blocks: VggBlocks }): Promise<Model> {
  const takes = ["blocks", "batchNorm", "hidden", "dropout"] as const;
  return create(
    { ...imagenet, what: "vgg", takes, layers: vggLayers, head: "classifier.6", dialects: [timmVgg] },
    options,
  );
}

// Table 1 of the paper: columns A, B, D and E.
const A: VggBlocks = [[1, 64], [1, 128], [2, 256], [2, 512], [2, 512]]; // biome-ignore format: a table
const B: VggBlocks = [[2, 64], [2, 128], [2, 256], [2, 512], [2, 512]]; // biome-ignore format: a table
const D: VggBlocks = [[2, 64], [2, 128], [3, 256], [3, 512], [3, 512]]; // biome-ignore format: a table
const E: VggBlocks = [[2, 64], [2, 128], [4, 256], [4, 512], [4, 512]]; // biome-ignore format: a table

export const vgg11 = (options: VggOptions = {}): Promise<Model> => vgg({ blocks: A, ...options });
export const vgg13 = (options: VggOptions = {}): Promise<Model> => vgg({ blocks: B, ...options });
export const vgg16 = (options: VggOptions = {}): Promise<Model> => vgg({ blocks: D, ...options });
export const vgg19 = (options: VggOptions = {}): Promise<Model> => vgg({ blocks: E, ...options });
export const vgg11Bn = (options: VggOptions = {}): Promise<Model> => vgg11({ batchNorm: true, ...options });
export const vgg13Bn = (options: VggOptions = {}): Promise<Model> => vgg13({ batchNorm: true, ...options });
export const vgg16Bn = (options: VggOptions = {}): Promise<Model> => vgg16({ batchNorm: true, ...options });
export const vgg19Bn = (options: VggOptions = {}): Promise<Model> => vgg19({ batchNorm: true, ...options });

const entry = (title: string, parameters: number, create: ZooModel["create"]): ZooModel => ({
  ...imagenet,
  title,
  paper: "Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition, 2014",
  parameters,
  create,
  recipe: carefully,
});

export const vggModels: Readonly<Record<string, ZooModel>> = {
  vgg11: entry("VGG-11", 132_863_336, vgg11),
  vgg13: entry("VGG-13", 133_047_848, vgg13),
  vgg16: entry("VGG-16", 138_357_544, vgg16),
  vgg19: entry("VGG-19", 143_667_240, vgg19),
  vgg11_bn: entry("VGG-11 with batch norm", 132_868_840, vgg11Bn),
  vgg13_bn: entry("VGG-13 with batch norm", 133_053_736, vgg13Bn),
  vgg16_bn: entry("VGG-16 with batch norm", 138_365_992, vgg16Bn),
  vgg19_bn: entry("VGG-19 with batch norm", 143_678_248, vgg19Bn),
};
