import { checkCount, checkIs, checkNumber, checkOptions } from "../errors.js";
import { relu6 } from "../layers/activation.js";
import { type Network, network, sequential } from "../layers/containers.js";
import { filled, normal } from "../layers/init.js";
import { custom, type Layer } from "../layers/layer.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { dropout } from "../layers/normalization.js";
import { globalAvgPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { create, type ZooOptions } from "./create.js";
import { timmMobilenetV2 } from "./dialects/timm.js";
import { imagenet, type ZooModel } from "./entry.js";
import { CONV_STYLE, type ConvStyle, checkWidth, type Styled, styled, widened } from "./mobile.js";

export interface InvertedResidualOptions extends ConvStyle {
  /** Channels between the 1 x 1 convolutions, in multiples of those of the input. Default 6. */
  expand?: number;
  /** Default 1. */
  stride?: number;
}

/** Convolution, batch norm and ReLU6, numbered. */
const activated = (conv: Layer, { norm }: Styled): Network =>
  sequential([conv, ...Object.values(norm("bn")), relu6()]);

/**
 * An inverted residual: 1 x 1 kernels widen the channels, 3 x 3 kernels look at each by itself, 1 x 1 kernels narrow them
 * again without activation; with the input added where it has the same shape.
 */
export function invertedResidual(channels: number, options: InvertedResidualOptions = {}): Network {
  const what = "invertedResidual";
  checkOptions(what, options, ["expand", "stride", ...CONV_STYLE]);
  const { expand = 6, stride = 1, ...style } = options;
  checkCount(`${what}: the number of channels`, channels);
  checkNumber(`${what}: expand`, expand, { above: 0 });
  checkCount(`${what}: stride`, stride);
  const kind = styled(what, style);
  const { conv, depthwise, norm } = kind;
  return network(
    custom("InvertedResidual", (scope, x) => {
      const ins = x.shape[1]!;
      const layers = sequential([
        ...(expand === 1 ? [] : [activated(conv(Math.round(ins * expand), 1), kind)]),
        activated(depthwise(3, stride), kind),
        conv(channels, 1),
        ...Object.values(norm("bn")),
      ]);
      const y = scope.child("conv", layers, x);
      return stride === 1 && ins === channels ? scope.add(x, y) : y;
    }),
  );
}

/** Inverted residuals alike, but for the first one's stride: a row of the paper's table 2. */
export interface MobilenetV2Stage {
  expand: number;
  channels: number;
  n: number;
  stride: number;
}

// Table 2 of the paper: t, c, n, s.
const STAGES: readonly MobilenetV2Stage[] = [
  { expand: 1, channels: 16, n: 1, stride: 1 }, // 112x112x16
  { expand: 6, channels: 24, n: 2, stride: 2 }, // 56x56x24
  { expand: 6, channels: 32, n: 3, stride: 2 }, // 28x28x32
  { expand: 6, channels: 64, n: 4, stride: 2 }, // 14x14x64
  { expand: 6, channels: 96, n: 3, stride: 1 }, // 14x14x96
  { expand: 6, channels: 160, n: 3, stride: 2 }, // 7x7x160
  { expand: 6, channels: 320, n: 1, stride: 1 }, // 7x7x320
];

export interface MobilenetV2LayersOptions extends ConvStyle {
  /** All numbers of channels are multiplied by it, the last one only where it is more than 1. Default 1. */
  width?: number;
  /** Default: table 2 of the paper. */
  stages?: readonly MobilenetV2Stage[];
  /** Before the last layer. Default 0.2. */
  dropout?: number;
  /** Default 1000. */
  numClasses?: number;
}

/**
 * MobileNet-v2 (Sandler et al., MobileNetV2: inverted residuals and linear bottlenecks, 2018), named and initialised as in
 * torchvision: [3, 224, 224] to 1000 scores, 3,504,872 parameters.
 */
export function mobilenetV2Layers(options: MobilenetV2LayersOptions = {}): Network {
  checkOptions("mobilenetV2Layers", options, ["width", "stages", "dropout", "numClasses", ...CONV_STYLE]);
  const { width = 1, stages = STAGES, dropout: p = 0.2, numClasses = 1000, ...style } = options;
  checkWidth("mobilenetV2", width);
  checkIs(
    Array.isArray(stages) && stages.length > 0,
    "mobilenetV2: stages",
    stages,
    "a list such as [{ expand: 6, channels: 24, n: 2, stride: 2 }]",
  );
  const kind = styled("mobilenetV2", style);
  const blocks = stages.flatMap((stage: MobilenetV2Stage) => {
    checkOptions("mobilenetV2: a stage", stage, ["expand", "channels", "n", "stride"]);
    const { expand, channels, n, stride } = stage;
    checkCount("mobilenetV2: n of a stage", n);
    const block = (i: number): Network =>
      invertedResidual(widened(channels, width), { expand, stride: i === 0 ? stride : 1, ...style });
    return Array.from({ length: n }, (_, i) => block(i));
  });
  return sequential({
    features: sequential([
      activated(kind.conv(widened(32, width), 3, 2), kind), // 112x112x32
      ...blocks,
      activated(kind.conv(widened(1280, Math.max(1, width)), 1), kind), // 7x7x1280
    ]),
    avgpool: globalAvgPool2d(),
    flatten: flatten(),
    classifier: sequential([
      dropout(p),
      linear(numClasses, { init: { weight: normal(0.01), bias: filled(0) } }),
    ]),
  });
}

const TAKES = ["width", "stages", "dropout", ...CONV_STYLE] as const;

export interface MobilenetV2Options extends ZooOptions, Omit<MobilenetV2LayersOptions, "numClasses"> {}

/** MobileNet-v2 of any width: see {@link mobilenetV2Layers}. */
export function mobilenetV2(options: MobilenetV2Options = {}): Promise<Model> {
  return create(
    {
      ...imagenet,
      what: "mobilenetV2",
      takes: TAKES,
      layers: mobilenetV2Layers,
      head: "classifier.1",
      dialects: [timmMobilenetV2],
    },
    options,
  );
}

export const mobilenetV2Models: Readonly<Record<string, ZooModel>> = {
  mobilenet_v2: {
    ...imagenet,
    title: "MobileNet-v2",
    paper:
      "Sandler, Howard, Zhu, Zhmoginov, Chen: MobileNetV2: inverted residuals and linear bottlenecks, 2018",
    parameters: 3_504_872,
    create: mobilenetV2,
  },
};
