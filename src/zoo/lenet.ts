import { sigmoid } from "../layers/activation.js";
import { type Network, sequential } from "../layers/containers.js";
import { conv2d } from "../layers/convolution.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/model.js";
import { avgPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";
import { create, type Design, type ZooOptions } from "./create.js";
import type { ZooModel } from "./entry.js";

/**
 * LeNet-5 as the lecture draws it, after LeCun et al. (1998): [1, 32, 32] to 10 scores, 61,706 parameters. Sigmoids,
 * average pooling, and a last linear layer in place of the radial basis functions. Its sizes are those of 1998; there,
 * each map of the second convolution saw only some of the first's maps (table C3 of the paper), here it sees them all.
 */
export function lenet5Layers(classes = 10): Network {
  return sequential([
    conv2d(6, 5), // 28x28x6
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
    linear(classes),
  ]);
}

/** Digits as MNIST has them: 28 x 28 pixels, light on black, with a border. */
const digits = {
  inputShape: [1, 32, 32],
  classes: [..."0123456789"],
  numClasses: 10,
  preprocessing: { size: [28, 28], pad: 2, grayscale: true, onBlack: true, mean: 0.1307, std: 0.3081 },
} as const;

/** LeNet-5: see {@link lenet5Layers}. Its outputs are the ten digits unless `classes` are given. */
export function lenet5(options: ZooOptions = {}): Promise<Model> {
  const layers: Design["layers"] = ({ numClasses }) => lenet5Layers(numClasses);
  return create({ ...digits, what: "lenet5", takes: [], layers, head: "11" }, options);
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
