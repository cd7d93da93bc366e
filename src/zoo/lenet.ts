import { sigmoid } from "../layers/activation.js";
import { type Network, sequential } from "../layers/containers.js";
import { conv2d } from "../layers/convolution.js";
import { linear } from "../layers/linear.js";
import { avgPool2d } from "../layers/pooling.js";
import { flatten } from "../layers/shape.js";

/**
 * LeNet-5 as the lecture draws it, after LeCun et al. (1998): [1, 32, 32] to 10 scores, 61,706 parameters. Sigmoids,
 * average pooling, and a last linear layer in place of the radial basis functions.
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
