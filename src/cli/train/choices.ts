// What a training is made with: the options of the command, and what they stand for.

import {
  adam,
  adamW,
  constant,
  cosine,
  type Optimizer,
  oneCycle,
  type Schedule,
  sgd,
  stepDecay,
} from "../../train/index.js";
import type { ZooModel } from "../../zoo/index.js";
import type { DataOptions } from "../data.js";
import { UsageError } from "../exit.js";
import type { ReadingOptions } from "../options.js";
import type { Fitting } from "./job.js";

export interface TrainOptions extends DataOptions, ReadingOptions {
  readonly weights?: string;
  readonly skip?: string[];
  readonly freeze?: string[];
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly optimizer: keyof typeof optimizers;
  readonly lr?: number;
  readonly weightDecay?: number;
  readonly schedule: keyof typeof schedules;
  readonly seed: number;
  readonly threads?: number;
  readonly out?: string;
  readonly report?: string;
  readonly show?: number;
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly json?: boolean;
}

type Rates = { lr: number; weightDecay?: number };

export const optimizers = {
  adam: (rates: Rates): Optimizer => adam(rates),
  adamw: (rates: Rates): Optimizer => adamW(rates),
  sgd: (rates: Rates): Optimizer => sgd({ ...rates, momentum: 0.9 }),
};

export const optimizerTitles = { adam: "Adam", adamw: "AdamW", sgd: "SGD" };

export const schedules = {
  "one-cycle": (lr: number): Schedule => oneCycle({ maxLr: lr }),
  cosine: (): Schedule => cosine(),
  step: (_lr: number, epochs: number): Schedule => stepDecay({ every: Math.max(1, Math.ceil(epochs / 3)) }),
  constant: (): Schedule => constant(),
};

/** The options of fit; what is not given is the network's own. */
export function fittingOf(options: TrainOptions, recipe: ZooModel["recipe"]): Fitting {
  const { epochs = recipe.epochs, batchSize = recipe.batchSize, seed, weightDecay } = options;
  const { checkpoint, resume } = options;
  if (options.optimizer === "sgd" && options.lr === undefined)
    throw new UsageError("--optimizer sgd needs a learning rate. Give it as --lr.");
  const lr = options.lr ?? recipe.lr;
  return {
    epochs,
    batchSize,
    seed,
    optimizer: optimizers[options.optimizer]({ lr, ...(weightDecay !== undefined && { weightDecay }) }),
    schedule: schedules[options.schedule](lr, epochs),
    ...(checkpoint !== undefined && { checkpoint: { path: checkpoint } }),
    ...(resume !== undefined && { resume }),
  };
}
