import { checkCount, checkIs, checkOptions } from "../errors.js";
import { relu } from "../layers/activation.js";
import { type Network, network, sequential } from "../layers/containers.js";
import { conv2d } from "../layers/convolution.js";
import { heNormal } from "../layers/init.js";
import { custom, type Layer, type Scope } from "../layers/layer.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { batchNorm2d } from "../layers/normalization.js";
import { avgPool2d, globalAvgPool2d, maxPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import type { Value } from "../ops/op.js";
import { sliceChannels } from "../ops/slice-channels.js";
import { create, type ZooOptions } from "./create.js";
import { imagenet, type ZooModel } from "./entry.js";

/**
 * How the input of a block that changes the shape is added to its output (He et al., 2015, section 4.1). A: every
 * `stride`-th pixel, and zeros for the new channels, without parameters. The zeros come last, as in the authors' code;
 * with "A-centred" half of them first, as in weights from https://github.com/akamaster/pytorch_resnet_cifar10. B: a 1 x 1
 * convolution and batch norm.
 */
export type Shortcut = "A" | "A-centred" | "B";

const SHORTCUTS: readonly unknown[] = ["A", "A-centred", "B"] satisfies Shortcut[];

export interface BasicBlockOptions {
  /** Step of the first convolution. Default 1. */
  stride?: number;
  /** Default "B". */
  shortcut?: Shortcut;
}

export interface BottleneckOptions extends BasicBlockOptions {
  /** Groups of the 3 x 3 convolution (ResNeXt: Xie et al., 2016). Default 1. */
  groups?: number;
  /** Channels of a group where `filters` is 64, and in proportion elsewhere. Default 64. */
  widthPerGroup?: number;
}

/** A convolution that keeps the size but for the stride, without bias: batch norm follows. */
export const conv = (filters: number, kernel: number, stride = 1, groups = 1): Layer =>
  conv2d(filters, kernel, {
    stride,
    padding: (kernel - 1) / 2,
    groups,
    bias: false,
    init: { weight: heNormal({ mode: "fanOut" }) },
  });

/** relu(F(x) + x), where F is two 3 x 3 convolutions: [c, h, w] to [filters, h / stride, w / stride]. */
export function basicBlock(filters: number, options: BasicBlockOptions = {}): Network {
  checkOptions("basicBlock", options, ["stride", "shortcut"]);
  const { stride = 1, shortcut = "B" } = options;
  checkBlock("basicBlock", filters, stride, shortcut);
  const main = sequential({
    conv1: conv(filters, 3, stride),
    bn1: batchNorm2d(),
    relu: relu(),
    conv2: conv(filters, 3),
    bn2: batchNorm2d(),
  });
  return network(
    custom("BasicBlock", (scope, x) =>
      scope.child("relu_1", relu(), withShortcut(scope, x, main.apply(scope, x), stride, shortcut)),
    ),
  );
}

/**
 * relu(F(x) + x), where F is a 1 x 1 convolution to few channels, a 3 x 3 one among them and a 1 x 1 one back:
 * [c, h, w] to [4 filters, h / stride, w / stride]. The 3 x 3 convolution makes the step, as in torchvision's (ResNet
 * v1.5); in the paper the first does.
 */
export function bottleneck(filters: number, options: BottleneckOptions = {}): Network {
  checkOptions("bottleneck", options, ["stride", "shortcut", "groups", "widthPerGroup"]);
  const { stride = 1, shortcut = "B", groups = 1, widthPerGroup = 64 } = options;
  checkBlock("bottleneck", filters, stride, shortcut);
  checkCount("bottleneck: groups", groups);
  checkCount("bottleneck: widthPerGroup", widthPerGroup);
  const width = Math.floor((filters * widthPerGroup) / 64) * groups;
  const main = sequential({
    conv1: conv(width, 1),
    bn1: batchNorm2d(),
    relu: relu(),
    conv2: conv(width, 3, stride, groups),
    bn2: batchNorm2d(),
    relu_1: relu(),
    conv3: conv(4 * filters, 1),
    bn3: batchNorm2d(),
  });
  return network(
    custom("Bottleneck", (scope, x) =>
      scope.child("relu_2", relu(), withShortcut(scope, x, main.apply(scope, x), stride, shortcut)),
    ),
  );
}

function checkBlock(what: string, filters: number, stride: number, shortcut: Shortcut): void {
  checkCount(`${what}: the number of filters`, filters);
  checkCount(`${what}: stride`, stride);
  checkIs(SHORTCUTS.includes(shortcut), `${what}: shortcut`, shortcut, '"A", "A-centred" or "B"');
}

/** y + x, the latter brought to the shape of y where a stride or other channels ask for it. */
function withShortcut(scope: Scope, x: Value, y: Value, stride: number, shortcut: Shortcut): Value {
  const ins = x.shape[1]!;
  const outs = y.shape[1]!;
  if (stride === 1 && ins === outs) return scope.add(y, x);
  if (shortcut === "B") {
    const projection = sequential([conv(outs, 1, stride), batchNorm2d()]);
    return scope.add(y, scope.child("downsample", projection, x));
  }
  const side = stride === 1 ? x : avgPool2d(1, { stride }).apply(scope, x);
  if (ins === outs) return scope.add(y, side);
  checkIs(ins < outs, "basicBlock: the number of filters", outs, `at least the ${ins} channels of the input`);
  // Adding zeros to channels is leaving them alone.
  const before = shortcut === "A" ? 0 : Math.floor((outs - ins) / 2);
  const after = outs - ins - before;
  const slice = (start: number, count: number): Value[] =>
    count === 0 ? [] : [scope.op(sliceChannels, [y], { start, count })];
  const sum = scope.add(slice(before, ins)[0]!, side);
  return scope.concat(...slice(0, before), sum, ...slice(before + ins, after));
}

/** `n` blocks, the first of which makes the step. */
export function stage(n: number, block: (stride: number) => Layer, stride = 1): Network {
  checkCount("resnet: the number of blocks", n);
  return sequential(Array.from({ length: n }, (_, i) => block(i === 0 ? stride : 1)));
}

export interface ResnetLayersOptions {
  /** {@link basicBlock}, {@link bottleneck}, or a function of the same kind. */
  block: (filters: number, options: BottleneckOptions) => Layer;
  /** How many blocks each stage has. */
  layers: readonly number[];
  /** Filters of the first stage; each further one has twice as many. Default 64. */
  width?: number;
  /** Of bottlenecks. Default 1. */
  groups?: number;
  /** Of bottlenecks. Default 64. */
  widthPerGroup?: number;
  /** Default "B". */
  shortcut?: Shortcut;
  /** Default 1000. */
  numClasses?: number;
}

const TAKES = ["block", "layers", "width", "groups", "widthPerGroup", "shortcut"] as const;

/** The layers of a ResNet for ImageNet (He et al., 2015, table 1), named and initialised as in torchvision. */
export function resnetLayers(options: ResnetLayersOptions): Network {
  checkOptions("resnetLayers", options, [...TAKES, "numClasses"]);
  const { block, layers, width = 64, numClasses = 1000, groups, widthPerGroup, shortcut } = options;
  const isList = Array.isArray(layers) && layers.length > 0;
  checkIs(isList, "resnet: layers", layers, "a list of numbers of blocks, such as [2, 2, 2, 2]");
  checkIs(typeof block === "function", "resnet: block", block, "a function: basicBlock or bottleneck");
  checkCount("resnet: width", width);
  const given = {
    ...(shortcut !== undefined && { shortcut }),
    ...(groups !== undefined && { groups }),
    ...(widthPerGroup !== undefined && { widthPerGroup }),
  };
  const stages = layers.map((n, i) => [
    `layer${i + 1}`,
    stage(n, (stride) => block(width * 2 ** i, { stride, ...given }), i === 0 ? 1 : 2),
  ]);
  return sequential({
    conv1: conv(width, 7, 2), // 112x112x64
    bn1: batchNorm2d(),
    relu: relu(),
    maxpool: maxPool2d(3, { stride: 2, padding: 1 }), // 56x56x64
    ...Object.fromEntries(stages), // 7x7x512
    avgpool: globalAvgPool2d(),
    flatten: flatten(),
    fc: linear(numClasses),
  });
}

/** Options of a ResNet whose blocks are known. */
export interface ResnetOptions
  extends ZooOptions,
    Omit<ResnetLayersOptions, "block" | "layers" | "numClasses"> {}

/** A ResNet of any blocks: see {@link resnetLayers}. */
export function resnet(
  options: ResnetOptions & Pick<ResnetLayersOptions, "block" | "layers">,
): Promise<Model> {
  return create({ ...imagenet, what: "resnet", takes: TAKES, layers: resnetLayers, head: "fc" }, options);
}

// Table 1 of the paper.
export const resnet18 = (options: ResnetOptions = {}): Promise<Model> =>
  resnet({ block: basicBlock, layers: [2, 2, 2, 2], ...options });
export const resnet34 = (options: ResnetOptions = {}): Promise<Model> =>
  resnet({ block: basicBlock, layers: [3, 4, 6, 3], ...options });
export const resnet50 = (options: ResnetOptions = {}): Promise<Model> =>
  resnet({ block: bottleneck, layers: [3, 4, 6, 3], ...options });
export const resnet101 = (options: ResnetOptions = {}): Promise<Model> =>
  resnet({ block: bottleneck, layers: [3, 4, 23, 3], ...options });
export const resnet152 = (options: ResnetOptions = {}): Promise<Model> =>
  resnet({ block: bottleneck, layers: [3, 8, 36, 3], ...options });

/** Tells of the paper, for a table of networks. */
export const paper = "He, Zhang, Ren, Sun: Deep residual learning for image recognition, 2015";

const entry = (title: string, parameters: number, create: ZooModel["create"]): ZooModel => ({
  ...imagenet,
  title,
  paper,
  parameters,
  create,
});

export const resnetModels: Readonly<Record<string, ZooModel>> = {
  resnet18: entry("ResNet-18", 11_689_512, resnet18),
  resnet34: entry("ResNet-34", 21_797_672, resnet34),
  resnet50: entry("ResNet-50", 25_557_032, resnet50),
  resnet101: entry("ResNet-101", 44_549_160, resnet101),
  resnet152: entry("ResNet-152", 60_192_808, resnet152),
};
