import { cifar10Classes } from "../data/cifar10-classes.js";
import type { Preprocessing } from "../image/preprocessing.js";
import type { Model } from "../layers/model.js";
import type { Shape } from "../tensor.js";
import type { ZooOptions } from "./create.js";
import { imagenetLabels } from "./imagenet.js";

/** A network of the zoo, as the table of them tells it. */
export interface ZooModel {
  /** As people write it. */
  readonly title: string;
  /** Authors, title and year of the paper. */
  readonly paper: string;
  /** Shape of one input, [c, h, w]. */
  readonly inputShape: Shape;
  /** Names of the outputs, in order. */
  readonly classes: readonly string[];
  readonly numClasses: number;
  /** Trained values, at these sizes. */
  readonly parameters: number;
  /** What pictures go through before it, where its weights were trained on pictures of one kind. */
  readonly preprocessing?: Preprocessing;
  /** Makes it. */
  create(options?: ZooOptions): Promise<Model>;
  /** How to begin training it: with Adam, and one cycle of the learning rate up to `lr`. */
  readonly recipe: Recipe;
}

/** Default settings of `featuremap train`. */
export interface Recipe {
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
}

/** Of networks without batch norm, whose ReLUs die of steps that others take well. */
export const carefully: Recipe = { epochs: 30, batchSize: 32, lr: 0.0001 };

/** What networks for ImageNet have in common: the middle 224 x 224 of a shorter side of 256, to 1000 classes. */
export const imagenet = {
  inputShape: [3, 224, 224],
  classes: imagenetLabels,
  numClasses: 1000,
  preprocessing: { size: [224, 224], shorter: 256, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  recipe: { epochs: 30, batchSize: 32, lr: 0.001 },
} as const;

/** What networks for CIFAR-10 have in common: 3 x 32 x 32 to 10 classes. */
export const cifar = {
  inputShape: [3, 32, 32],
  classes: cifar10Classes,
  numClasses: 10,
  preprocessing: { size: [32, 32], mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  recipe: { epochs: 30, batchSize: 128, lr: 0.01 },
} as const;
