import { check, checkOptions, show } from "../errors.js";
import { relu } from "../layers/activation.js";
import { type Network, sequential } from "../layers/containers.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { batchNorm2d } from "../layers/normalization.js";
import { globalAvgPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { create, type ZooOptions } from "./create.js";
import { akamaster } from "./dialects/akamaster.js";
import { cifar, type ZooModel } from "./entry.js";
import { basicBlock, conv, paper, type Shortcut, stage } from "./resnet.js";

export interface ResnetCifarLayersOptions {
  /** Layers with weights: 6 n + 2, for n blocks in each of the three stages. */
  depth: number;
  /** Default "A", the paper's. */
  shortcut?: Shortcut;
  /** Filters of the first stage; each further one has twice as many. Default 16. */
  width?: number;
  /** Default 10. */
  numClasses?: number;
}

/**
 * The layers of a ResNet for CIFAR-10 (He et al., 2015, section 4.2), named as torchvision names those for ImageNet:
 * [3, 32, 32] to 10 scores.
 */
export function resnetCifarLayers(options: ResnetCifarLayersOptions): Network {
  checkOptions("resnetCifarLayers", options, ["depth", "shortcut", "width", "numClasses"]);
  const { depth, shortcut = "A", width = 16, numClasses = 10 } = options;
  const n = (depth - 2) / 6;
  check(
    Number.isSafeInteger(n) && n >= 1,
    () =>
      `resnetCifar: depth is ${show(depth)}; it must be 6 n + 2 for n blocks in each stage: 20, 32, 44, 56, ...`,
  );
  const block = (filters: number) => (stride: number) => basicBlock(filters, { stride, shortcut });
  return sequential({
    conv1: conv(width, 3), // 32x32x16
    bn1: batchNorm2d(),
    relu: relu(),
    layer1: stage(n, block(width)), // 32x32x16
    layer2: stage(n, block(2 * width), 2), // 16x16x32
    layer3: stage(n, block(4 * width), 2), // 8x8x64
    avgpool: globalAvgPool2d(),
    flatten: flatten(),
    fc: linear(numClasses),
  });
}

/** Options of a ResNet for CIFAR-10 whose depth is known. */
export interface ResnetCifarOptions
  extends ZooOptions,
    Omit<ResnetCifarLayersOptions, "depth" | "numClasses"> {}

/** The form that weights are of, by their names. */
function formOf(names: ReadonlySet<string>): Partial<ResnetCifarLayersOptions> {
  const some = (part: RegExp): boolean => [...names].some((name) => part.test(name));
  if (some(/\.(downsample|shortcut)\./)) return { shortcut: "B" };
  return some(/(^|\.)linear\.weight$/) ? { shortcut: "A-centred" } : {};
}

/**
 * A ResNet for CIFAR-10 of any depth: see {@link resnetCifarLayers}. Of given weights, the names tell what the shortcuts
 * are, unless `shortcut` says it.
 */
export function resnetCifar(options: ResnetCifarOptions & { depth: number }): Promise<Model> {
  const takes = ["depth", "shortcut", "width"];
  const layers = resnetCifarLayers;
  const dialects = [akamaster];
  return create({ ...cifar, what: "resnetCifar", takes, layers, head: "fc", formOf, dialects }, options);
}

const ofDepth =
  (depth: number, form: Pick<ResnetCifarOptions, "shortcut"> = {}) =>
  (options: ResnetCifarOptions = {}): Promise<Model> =>
    resnetCifar({ depth, ...form, ...options });

export const resnet20Cifar = ofDepth(20);
export const resnet32Cifar = ofDepth(32);
export const resnet44Cifar = ofDepth(44);
export const resnet56Cifar = ofDepth(56);
export const resnet110Cifar = ofDepth(110);

const entry = (depth: number, shortcut: "A" | "B", parameters: number): ZooModel => ({
  ...cifar,
  title: `ResNet-${depth} for CIFAR-10${shortcut === "A" ? "" : `, shortcuts ${shortcut}`}`,
  paper,
  parameters,
  create: ofDepth(depth, shortcut === "A" ? {} : { shortcut }),
});

export const resnetCifarModels: Readonly<Record<string, ZooModel>> = {
  resnet20_cifar: entry(20, "A", 269_722),
  resnet32_cifar: entry(32, "A", 464_154),
  resnet44_cifar: entry(44, "A", 658_586),
  resnet56_cifar: entry(56, "A", 853_018),
  resnet110_cifar: entry(110, "A", 1_727_962),
  resnet20_cifar_b: entry(20, "B", 272_474),
  resnet32_cifar_b: entry(32, "B", 466_906),
  resnet44_cifar_b: entry(44, "B", 661_338),
  resnet56_cifar_b: entry(56, "B", 855_770),
  resnet110_cifar_b: entry(110, "B", 1_730_714),
};
