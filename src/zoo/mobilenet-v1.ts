import { checkOptions } from "../errors.js";
import { relu6 } from "../layers/activation.js";
import { type Network, sequential } from "../layers/containers.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { dropout } from "../layers/normalization.js";
import { globalAvgPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { create, type ZooOptions } from "./create.js";
import { imagenet, type ZooModel } from "./entry.js";
import { CONV_STYLE, type ConvStyle, checkWidth, styled, widened } from "./mobile.js";
import { tensorflowLite } from "./mobilenet-v1-tensorflow.js";
import { HALVES } from "./transform-input.js";

export interface DepthwiseSeparableOptions extends ConvStyle {
  /** Default 1. */
  stride?: number;
}

/**
 * A convolution in two steps: 3 x 3 kernels, one for each channel, then 1 x 1 kernels over the channels, each followed by
 * batch norm and ReLU6: [c, h, w] to [channels, ceil(h / stride), ceil(w / stride)] with 9 c + c channels weights in place
 * of 9 c channels.
 */
export function depthwiseSeparable(channels: number, options: DepthwiseSeparableOptions = {}): Network {
  checkOptions("depthwiseSeparable", options, ["stride", ...CONV_STYLE]);
  const { stride = 1, ...style } = options;
  const { conv, depthwise, norm } = styled("depthwiseSeparable", style);
  return sequential({
    conv_dw: depthwise(3, stride),
    ...norm("bn1"),
    act1: relu6(),
    conv_pw: conv(channels, 1),
    ...norm("bn2"),
    act2: relu6(),
  });
}

export interface MobilenetV1LayersOptions extends ConvStyle {
  /** All numbers of channels are multiplied by it. Default 1. */
  width?: number;
  /** Before the last layer. Default 0. */
  dropout?: number;
  /** Default 1000. */
  numClasses?: number;
}

// Table 1 of the paper: depthwise separable convolutions of one size of images, and the stride of the first.
const STAGES = [
  { n: 1, channels: 64, stride: 1 }, // 112x112x64
  { n: 2, channels: 128, stride: 2 }, // 56x56x128
  { n: 2, channels: 256, stride: 2 }, // 28x28x256
  { n: 6, channels: 512, stride: 2 }, // 14x14x512
  { n: 2, channels: 1024, stride: 2 }, // 7x7x1024
];

/**
 * MobileNet-v1 (Howard et al., MobileNets: efficient convolutional neural networks for mobile vision applications, 2017),
 * named as timm's mobilenetv1_100: [3, 224, 224] to 1000 scores. Of width 1 it has 4,231,976 parameters, of width 0.75
 * 2,585,560, of 0.5 1,331,592, of 0.25 470,072.
 */
export function mobilenetV1Layers(options: MobilenetV1LayersOptions = {}): Network {
  checkOptions("mobilenetV1Layers", options, ["width", "dropout", "numClasses", ...CONV_STYLE]);
  const { width = 1, dropout: p = 0, numClasses = 1000, ...style } = options;
  checkWidth("mobilenetV1", width);
  const { conv, norm } = styled("mobilenetV1", style);
  return sequential({
    conv_stem: conv(widened(32, width), 3, 2), // 112x112x32
    ...norm("bn1"),
    act1: relu6(),
    blocks: sequential(
      STAGES.map(({ n, channels, stride }) => {
        const block = (i: number): Network =>
          depthwiseSeparable(widened(channels, width), { stride: i === 0 ? stride : 1, ...style });
        return sequential(Array.from({ length: n }, (_, i) => block(i)));
      }),
    ),
    global_pool: globalAvgPool2d(),
    flatten: flatten(),
    dropout: dropout(p),
    classifier: linear(numClasses),
  });
}

/** Its weights are made for numbers from -1 to 1. */
const usual = { ...imagenet, preprocessing: { ...imagenet.preprocessing, ...HALVES } };
const TAKES = ["width", "dropout", ...CONV_STYLE] as const;

const FOLDED: ConvStyle = { padding: "same", batchNorm: false };

export interface MobilenetV1Options extends ZooOptions, Omit<MobilenetV1LayersOptions, "numClasses"> {}

/**
 * MobileNet-v1 of any width: see {@link mobilenetV1Layers}. TensorFlow Lite's weights, with batch norm folded and 1001
 * classes of which the first is the background, are recognised.
 */
export function mobilenetV1(options: MobilenetV1Options = {}): Promise<Model> {
  return create(
    {
      ...usual,
      what: "mobilenetV1",
      takes: TAKES,
      layers: mobilenetV1Layers,
      head: "classifier",
      dialects: [tensorflowLite],
      formOf: (names) => (tensorflowLite.applies(names) ? FOLDED : {}),
    },
    options,
  );
}

export const mobilenetV1_075 = (options: MobilenetV1Options = {}): Promise<Model> =>
  mobilenetV1({ width: 0.75, ...options });
export const mobilenetV1_050 = (options: MobilenetV1Options = {}): Promise<Model> =>
  mobilenetV1({ width: 0.5, ...options });
export const mobilenetV1_025 = (options: MobilenetV1Options = {}): Promise<Model> =>
  mobilenetV1({ width: 0.25, ...options });

const entry = (title: string, parameters: number, create: ZooModel["create"]): ZooModel => ({
  ...usual,
  title,
  paper:
    "Howard, Zhu, Chen, Kalenichenko, Wang, Weyand, Andreetto, Adam: MobileNets: efficient convolutional neural " +
    "networks for mobile vision applications, 2017",
  parameters,
  create,
});

export const mobilenetV1Models: Readonly<Record<string, ZooModel>> = {
  mobilenet_v1: entry("MobileNet-v1", 4_231_976, mobilenetV1),
  mobilenet_v1_075: entry("MobileNet-v1 of width 0.75", 2_585_560, mobilenetV1_075),
  mobilenet_v1_050: entry("MobileNet-v1 of width 0.5", 1_331_592, mobilenetV1_050),
  mobilenet_v1_025: entry("MobileNet-v1 of width 0.25", 470_072, mobilenetV1_025),
};
