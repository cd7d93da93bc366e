// A training with everything in it that could differ after a break.

import { augment } from "../../src/data/index.js";
import { relu } from "../../src/layers/activation.js";
import { type Network, sequential } from "../../src/layers/containers.js";
import { conv2d } from "../../src/layers/convolution.js";
import { linear } from "../../src/layers/linear.js";
import { batchNorm2d, dropout } from "../../src/layers/normalization.js";
import { flatten } from "../../src/layers/shape.js";
import { adamW, cosine, type FitOptions, oneCycle, sgd, warmup } from "../../src/train/index.js";
import { bars } from "./problems.js";

export const network: Network = sequential([
  ...[conv2d(4, 3), batchNorm2d(), relu(), dropout(0.2)],
  ...[flatten(), dropout(0.1), linear(8), relu(), linear(3)],
]);

export const data = bars(50);

const common = {
  epochs: 4,
  batchSize: 16,
  seed: 5,
  augment: augment({ shift: 1, flip: true, rotate: 10 }),
  validation: bars(20, 1),
};

/** Two sets of options, by the name of the optimiser. */
export const trainings: Readonly<Record<string, FitOptions>> = {
  momentum: {
    ...common,
    optimizer: sgd({ lr: 0.05, momentum: 0.9, weightDecay: 1e-3 }),
    schedule: warmup(3, cosine()),
    earlyStopping: { patience: 10, monitor: "loss" },
  },
  adamW: {
    ...common,
    optimizer: adamW(),
    schedule: oneCycle({ maxLr: 0.02 }),
    clipNorm: 0.5,
    dropLast: true,
  },
};
