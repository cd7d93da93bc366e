import { check, checkCount, checkIs, checkOptions, show } from "../errors.js";
import { relu } from "../layers/activation.js";
import type { Network } from "../layers/containers.js";
import { type ConvLayerOptions, conv2d } from "../layers/convolution.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { batchNorm2d } from "../layers/normalization.js";
import { avgPool2d, globalAvgPool2d, maxPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { create, type ZooOptions } from "./create.js";
import { imagenet, type ZooModel } from "./entry.js";
import { branched, type Flow, flowing } from "./flow.js";
import { checkSizes } from "./sizes.js";

/** The numbers of an inception module in which two 3 x 3 kernels stand for a 5 x 5 one. */
export interface InceptionV2Sizes {
  /** Left out in modules of stride 2. */
  ch1x1?: number;
  /** Channels that the 3 x 3 kernels see. */
  ch3x3red: number;
  ch3x3: number;
  /** Channels that the first of two 3 x 3 kernels sees. */
  chDouble3x3red: number;
  /** Channels of either. */
  chDouble3x3: number;
  /** Channels that the pooling keeps; left out in modules of stride 2, where it keeps all. */
  poolProj?: number;
  /** Default "avg"; with stride 2 always "max". */
  pool?: "avg" | "max";
  /** Default 1. With 2 the images shrink to half. */
  stride?: 1 | 2;
}

const SIZES = ["ch3x3red", "ch3x3", "chDouble3x3red", "chDouble3x3"] as const;

/**
 * The inception module of batch-norm Inception: [c, h, w] to [ch1x1 + ch3x3 + chDouble3x3 + poolProj, h, w], or with
 * stride 2 and even sizes to [ch3x3 + chDouble3x3 + c, h / 2, w / 2].
 */
export function inceptionModuleV2(sizes: InceptionV2Sizes): Network {
  return branched("InceptionModuleV2", branches("", sizes));
}

function branches(prefix: string, { ch1x1, poolProj, pool, stride = 1, ...sizes }: InceptionV2Sizes): Flow[] {
  const what = "inceptionModuleV2";
  checkSizes(what, sizes, SIZES);
  checkIs(stride === 1 || stride === 2, `${what}: stride`, stride, "1 or 2");
  const { ch3x3red, ch3x3, chDouble3x3red, chDouble3x3 } = sizes;
  const conv = (name: string, ...args: Parameters<typeof conv2d>) => normed(`${prefix}${name}`, ...args);
  const kernels: Flow[] = [
    { ...conv("3x3_reduce", ch3x3red, 1), ...conv("3x3", ch3x3, 3, { stride, padding: 1 }) },
    {
      ...conv("double_3x3_reduce", chDouble3x3red, 1),
      ...conv("double_3x3_1", chDouble3x3, 3, { padding: 1 }),
      ...conv("double_3x3_2", chDouble3x3, 3, { stride, padding: 1 }),
    },
  ];
  if (stride === 2) {
    for (const [name, value] of Object.entries({ ch1x1, poolProj, pool })) {
      check(
        value === undefined,
        () => `${what}: ${name} is ${show(value)}; stride 2 has none. Leave it out.`,
      );
    }
    return [...kernels, { [`${prefix}pool`]: maxPool2d(3, { stride: 2, ceilMode: true }) }];
  }
  checkCount(`${what}: ch1x1`, ch1x1);
  checkCount(`${what}: poolProj`, poolProj);
  checkIs(pool === undefined || pool === "avg" || pool === "max", `${what}: pool`, pool, '"avg" or "max"');
  const pooling = (pool === "max" ? maxPool2d : avgPool2d)(3, { stride: 1, padding: 1 });
  return [
    conv("1x1", ch1x1, 1),
    ...kernels,
    { [`${prefix}pool`]: pooling, ...conv("pool_proj", poolProj, 1) },
  ];
}

/** Convolution, batch norm and ReLU under names that begin alike. */
function normed(name: string, channels: number, kernel: ConvKernel, options?: ConvLayerOptions): Flow {
  return {
    [name]: conv2d(channels, kernel, options),
    [`${name}_bn`]: batchNorm2d(),
    [`${name}_relu`]: relu(),
  };
}

type ConvKernel = Parameters<typeof conv2d>[1];

export interface InceptionV2LayersOptions {
  /** Default 1000. */
  numClasses?: number;
}

/**
 * Batch-norm Inception (Ioffe and Szegedy, Batch normalization: accelerating deep network training by reducing internal
 * covariate shift, 2015), the first network called Inception-v2: [3, 224, 224] to 1000 scores, 11,295,240 parameters.
 * Sizes and names are those of the Caffe model that Cadene's pretrained-models.pytorch has as `bninception`:
 * convolutions keep their biases before batch norm, and the last pooling of the modules is by maximum. Running
 * statistics move by a tenth a step, which Caffe writes as 0.9 (and Cadene, who never trains, took over).
 */
export function inceptionV2Layers(options: InceptionV2LayersOptions = {}): Network {
  checkOptions("inceptionV2Layers", options, ["numClasses"]);
  const { numClasses = 1000 } = options;
  const pool = maxPool2d(3, { stride: 2, ceilMode: true });
  const named = (name: string, sizes: InceptionV2Sizes): Flow => ({
    [`inception_${name}`]: branches(`inception_${name}_`, sizes),
  });
  const mixed = (name: string, ...row: [...Row, poolProj: number]): Flow => {
    const [ch1x1, ch3x3red, ch3x3, chDouble3x3red, chDouble3x3, poolProj] = row;
    const pool = name === "5b" ? "max" : "avg";
    return named(name, { ch1x1, ch3x3red, ch3x3, chDouble3x3red, chDouble3x3, poolProj, pool });
  };
  const halving = (name: string, ...[, ch3x3red, ch3x3, chDouble3x3red, chDouble3x3]: Row): Flow =>
    named(name, { ch3x3red, ch3x3, chDouble3x3red, chDouble3x3, stride: 2 });
  return flowing("BNInception", {
    ...normed("conv1_7x7_s2", 64, 7, { stride: 2, padding: 3 }), // 112x112x64
    pool1_3x3_s2: pool, // 56x56x64
    ...normed("conv2_3x3_reduce", 64, 1), // 56x56x64
    ...normed("conv2_3x3", 192, 3, { padding: 1 }), // 56x56x192
    pool2_3x3_s2: pool, // 28x28x192
    ...mixed("3a", 64, 64, 64, 64, 96, 32), // 28x28x256
    ...mixed("3b", 64, 64, 96, 64, 96, 64), // 28x28x320
    ...halving("3c", 0, 128, 160, 64, 96), // 14x14x576
    ...mixed("4a", 224, 64, 96, 96, 128, 128), // 14x14x576
    ...mixed("4b", 192, 96, 128, 96, 128, 128), // 14x14x576
    ...mixed("4c", 160, 128, 160, 128, 160, 128), // 14x14x608
    ...mixed("4d", 96, 128, 192, 160, 192, 128), // 14x14x608
    ...halving("4e", 0, 128, 192, 192, 256), // 7x7x1056
    ...mixed("5a", 352, 192, 320, 160, 224, 128), // 7x7x1024
    ...mixed("5b", 352, 192, 320, 192, 224, 128), // 7x7x1024
    global_pool: globalAvgPool2d(), // 1x1x1024
    flatten: flatten(),
    last_linear: linear(numClasses),
  });
}

/** A row of the paper's table. */
type Row = [ch1x1: number, ch3x3red: number, ch3x3: number, chDouble3x3red: number, chDouble3x3: number];

/** Batch-norm Inception: see {@link inceptionV2Layers}. */
export function inceptionV2(options: ZooOptions = {}): Promise<Model> {
  return create(
    { ...imagenet, what: "inceptionV2", takes: [], layers: inceptionV2Layers, head: "last_linear" },
    options,
  );
}

export const inceptionV2Models: Readonly<Record<string, ZooModel>> = {
  inception_v2: {
    ...imagenet,
    title: "Inception-v2 (batch norm)",
    paper:
      "Ioffe, Szegedy: Batch normalization: accelerating deep network training by reducing internal covariate shift, 2015",
    parameters: 11_295_240,
    create: inceptionV2,
  },
};
