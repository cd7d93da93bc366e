import { checkCount, checkOptions } from "../errors.js";
import { sigmoid } from "../layers/activation.js";
import { type Network, sequential } from "../layers/containers.js";
import { conv2d } from "../layers/convolution.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { avgPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { create, type ZooOptions } from "./create.js";
import type { ZooModel } from "./entry.js";

export interface Lenet5LayersOptions {
  /** Pixels of zeros around the input of the first convolution: 2 for digits of 28 x 28. Default 0. */
  padding?: number;
  /** Default 10. */
  numClasses?: number;
}

/**
 * LeNet-5 as the lecture draws it, after LeCun et al. (1998): 61,706 parameters from [1, 32, 32] to 10 scores, or, with
 * `padding: 2`, from [1, 28, 28]. Sigmoids, average pooling, and a last linear layer in place of the radial basis
 * functions. Its sizes are those of 1998; there, each map of the second convolution saw only some of the first's maps
 * (table C3 of the paper), here it sees them all.
 */
export function lenet5Layers(options: Lenet5LayersOptions = {}): Network {
  checkOptions("lenet5Layers", options, ["padding", "numClasses"]);
  const { padding = 0, numClasses = 10 } = options;
  checkCount("lenet5: padding", padding, 0);
  return sequential([
    conv2d(6, 5, { padding }), // 28x28x6
    sigmoid(),
    avgPool2d(2), // 14x14x6
    conv2d(16, 5), // 10x10x16
    sigmoid(),
    avgPool2d(2), // 5x5x16
    flatten(),
    linear(120),
    sigmoid(),
    linear(84),
    sigmoid(),
    linear(numClasses),
  ]);
}

/** Light digits on black, 28 x 28, as MNIST has them. */
const digit = { size: [28, 28], grayscale: true, onBlack: true, mean: 0.1307, std: 0.3081 } as const;

/** In the border of 1998. */
const digits = {
  inputShape: [1, 32, 32],
  classes: [..."0123456789"],
  numClasses: 10,
  preprocessing: { ...digit, pad: 2 },
} as const;

export interface Lenet5Options extends ZooOptions {
  /** Pixels of zeros around the input of the first convolution. Default: 2 for inputs of 28 x 28, otherwise 0. */
  padding?: number;
}

/**
 * LeNet-5: see {@link lenet5Layers}. Inputs of 28 x 28 get the padding that makes it the same network, with the same
 * 61,706 parameters; those of other sizes have as many more or fewer in layer 7 as its pixels ask for.
 */
export function lenet5(options: Lenet5Options = {}): Promise<Model> {
  const { inputShape: shape } = options;
  const padding = shape?.[1] === 28 && shape[2] === 28 ? 2 : 0;
  return create<Pick<Lenet5Options, "padding">>(
    {
      ...digits,
      // What the convolution pads, pictures need not bring along.
      preprocessing: { ...digit, pad: Math.max(0, 2 - (options.padding ?? padding)) },
      what: "lenet5",
      takes: ["padding"],
      layers: (own) => lenet5Layers({ padding, ...own }),
      head: "11",
    },
    options,
  );
}

export const lenetModels: Readonly<Record<string, ZooModel>> = {
  lenet5: {
    ...digits,
    title: "LeNet-5",
    paper: "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998",
    parameters: 61_706,
    create: lenet5,
    recipe: { epochs: 5, batchSize: 64, lr: 0.01 },
  },
};
