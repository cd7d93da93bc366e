import { checkIs, checkOptions } from "../errors.js";
import { relu } from "../layers/activation.js";
import { type Network, network, sequential } from "../layers/containers.js";
import { conv2d } from "../layers/convolution.js";
import { filled, heUniform, normal } from "../layers/init.js";
import { custom } from "../layers/layer.js";
import type { Model } from "../layers/model.js";
import { dropout } from "../layers/normalization.js";
import { globalAvgPool2d, maxPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { create, type ZooOptions } from "./create.js";
import { carefully, imagenet, type ZooModel } from "./entry.js";

const init = { weight: heUniform(), bias: filled(0) };

/**
 * A fire module: a 1 x 1 convolution squeezes the channels, then 1 x 1 and 3 x 3 kernels expand them, side by side:
 * [c, h, w] to [expand1x1 + expand3x3, h, w].
 */
export function fire(squeeze: number, expand1x1: number, expand3x3: number): Network {
  const thin = sequential({
    squeeze: conv2d(squeeze, 1, { init }),
    squeeze_activation: relu(),
  });
  const ones = sequential({
    expand1x1: conv2d(expand1x1, 1, { init }),
    expand1x1_activation: relu(),
  });
  const threes = sequential({
    expand3x3: conv2d(expand3x3, 3, { padding: 1, init }),
    expand3x3_activation: relu(),
  });
  return network(
    custom("Fire", (scope, x) => {
      const y = thin.apply(scope, x);
      return scope.concat(ones.apply(scope, y), threes.apply(scope, y));
    }),
  );
}

export interface SqueezenetLayersOptions {
  /** "1.0" is the paper's; "1.1" of its authors needs 2.4 times less work. Default "1.1". */
  version?: "1.0" | "1.1";
  /** Before the last convolution. Default 0.5. */
  dropout?: number;
  /** Default 1000. */
  numClasses?: number;
}

const pool = maxPool2d(3, { stride: 2, ceilMode: true });

const FEATURES = {
  "1.0": [
    conv2d(96, 7, { stride: 2, init }), // 109x109x96
    relu(),
    pool, // 54x54x96
    fire(16, 64, 64),
    fire(16, 64, 64),
    fire(32, 128, 128),
    pool, // 27x27x256
    fire(32, 128, 128),
    fire(48, 192, 192),
    fire(48, 192, 192),
    fire(64, 256, 256),
    pool, // 13x13x512
    fire(64, 256, 256),
  ],
  "1.1": [
    conv2d(64, 3, { stride: 2, init }), // 111x111x64
    relu(),
    pool, // 55x55x64
    fire(16, 64, 64),
    fire(16, 64, 64),
    pool, // 27x27x128
    fire(32, 128, 128),
    fire(32, 128, 128),
    pool, // 13x13x256
    fire(48, 192, 192),
    fire(48, 192, 192),
    fire(64, 256, 256),
    fire(64, 256, 256),
  ],
};

/** The layers of a SqueezeNet (Iandola et al., 2016), named and initialised as in torchvision: [3, 224, 224] to 1000. */
export function squeezenetLayers(options: SqueezenetLayersOptions = {}): Network {
  checkOptions("squeezenetLayers", options, ["version", "dropout", "numClasses"]);
  const { version = "1.1", dropout: p = 0.5, numClasses = 1000 } = options;
  checkIs(Object.hasOwn(FEATURES, version), "squeezenet: version", version, '"1.0" or "1.1"');
  return sequential({
    features: sequential(FEATURES[version]),
    classifier: sequential([
      dropout(p),
      conv2d(numClasses, 1, { init: { weight: normal(0.01), bias: filled(0) } }),
      relu(),
      globalAvgPool2d(),
    ]),
    flatten: flatten(),
  });
}

export interface SqueezenetOptions extends ZooOptions, Omit<SqueezenetLayersOptions, "numClasses"> {}

/** A SqueezeNet: see {@link squeezenetLayers}. */
export function squeezenet(options: SqueezenetOptions = {}): Promise<Model> {
  const takes = ["version", "dropout"] as const;
  const layers = squeezenetLayers;
  return create({ ...imagenet, what: "squeezenet", takes, layers, head: "classifier.1" }, options);
}

export const squeezenet1_0 = (options: SqueezenetOptions = {}): Promise<Model> =>
  squeezenet({ version: "1.0", ...options });
export const squeezenet1_1 = (options: SqueezenetOptions = {}): Promise<Model> =>
  squeezenet({ version: "1.1", ...options });

const paper =
  "Iandola, Han, Moskewicz, Ashraf, Dally, Keutzer: SqueezeNet: AlexNet-level accuracy with 50x fewer parameters, 2016";

export const squeezenetModels: Readonly<Record<string, ZooModel>> = {
  squeezenet1_0: {
    ...imagenet,
    title: "SqueezeNet 1.0",
    paper,
    parameters: 1_248_424,
    recipe: carefully,
    create: squeezenet1_0,
  },
  squeezenet1_1: {
    ...imagenet,
    title: "SqueezeNet 1.1",
    paper,
    parameters: 1_235_496,
    recipe: carefully,
    create: squeezenet1_1,
  },
};
