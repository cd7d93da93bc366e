// What training and evaluation are given to learn from, as batches that fit the model.

import { type Augmentation, batches } from "../data/batches.js";
import { type Batch, checkBatchKind, checkDataset, type Dataset } from "../data/dataset.js";
import { check, checkIs, FeatureMapError } from "../errors.js";
import type { Model } from "../layers/model.js";
import { sameShape } from "../ops/shape.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";

/** The batches of an epoch, counted from 0, for data of your own making. */
export type BatchSource = (epoch: number) => AsyncIterable<Batch>;

export interface FeedOptions {
  readonly batchSize: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
  readonly dropLast?: boolean;
  readonly augment?: Augmentation | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Epochs of batches. */
export interface Feed {
  /** Names of the classes; empty where they are not known. */
  readonly classes: readonly string[];
  /** Samples and batches of an epoch; NaN where they are not known before. */
  readonly samples: number;
  readonly steps: number;
  epoch(epoch: number): AsyncIterable<Batch>;
}

/** The batches of a data set, in the model's shape. */
export function datasetFeed(what: string, model: Model, dataset: Dataset, options: FeedOptions): Feed {
  checkDataset(what, dataset);
  const { name, length } = dataset;
  const { batchSize, shuffle = false, seed = 0, dropLast = false, augment, signal } = options;
  const steps = dropLast ? Math.floor(length / batchSize) : Math.ceil(length / batchSize);
  check(length > 0, () => `${what}: ${name} has no samples.`);
  check(
    steps > 0,
    () =>
      `${what}: ${name} has ${length} samples, less than a batch of ${batchSize}, and dropLast leaves them out. ` +
      "Use a smaller batchSize.",
  );
  checkPictures(what, model, dataset);
  check(
    dataset.classes.length <= model.outputShape[0]!,
    () =>
      `${what}: ${name} has ${dataset.classes.length} classes, but the model has ${model.outputShape[0]} outputs. ` +
      `End the network in linear(${dataset.classes.length}).`,
  );
  const fixed = {
    batchSize,
    shuffle,
    seed,
    dropLast,
    ...(augment && { augment }),
    ...(signal && { signal }),
  };
  return {
    classes: dataset.classes,
    samples: dropLast ? steps * batchSize : length,
    steps,
    async *epoch(epoch) {
      for await (const batch of batches(dataset, { ...fixed, epoch })) yield inShapeOf(model, batch);
    },
  };
}

/** The batches that a function makes, checked as those of data sets are. */
export function sourceFeed(what: string, model: Model, source: BatchSource, steps = Number.NaN): Feed {
  return {
    classes: [],
    samples: Number.NaN,
    steps,
    async *epoch(epoch) {
      let number = 0;
      const made = source(epoch);
      const isIterable = typeof made?.[Symbol.asyncIterator] === "function";
      checkIs(
        isIterable,
        `${what}: what the data gives for epoch ${epoch}`,
        made,
        "an async iterable of batches",
      );
      for await (const batch of made) {
        checkBatch(`${what}: batch ${number} of epoch ${epoch}`, model, batch);
        number++;
        yield inShapeOf(model, batch);
      }
      check(number > 0, () => `${what}: the data gave no batch for epoch ${epoch}.`);
    },
  };
}

/** As pictures, to which features [f] are f channels, and rows [c, l] are c channels of height 1. */
function asPictures(shape: Shape): Shape {
  const [c, l = 1] = shape;
  return shape.length === 3 ? shape : [c!, 1, l];
}

/** The batch with inputs of the model's rank. */
function inShapeOf({ inputShape }: Model, batch: Batch): Batch {
  const [n, ...shape] = batch.inputs.shape;
  if (shape.length === inputShape.length || !sameShape(shape, asPictures(inputShape))) return batch;
  return { inputs: batch.inputs.reshape(n!, ...inputShape), targets: batch.targets };
}

/** Throws where a data set's pictures are not what the model takes. */
function checkPictures(what: string, model: Model, { name, shape }: Dataset): void {
  const { inputShape } = model;
  if (sameShape(shape, asPictures(inputShape))) return;
  const given = `${what}: ${name} has inputs of shape ${formatShape(shape)}, but the model takes ${formatShape(inputShape)}.`;
  const remedy = "Build the network for the data's shape, or pad or resize the data.";
  check(inputShape.length === 3 && shape[0] === inputShape[0], () => `${given} ${remedy}`);
  // Networks that end in a global pooling take pictures of other sizes.
  try {
    model.trace([1, ...shape], false);
  } catch (error) {
    if (!(error instanceof FeatureMapError)) throw error;
    throw new FeatureMapError(`${given} ${remedy} (${((error.cause as Error) ?? error).message})`, {
      cause: error,
    });
  }
}

function checkBatch(what: string, model: Model, batch: Batch): void {
  const { inputShape } = model;
  checkBatchKind(what, batch);
  const { inputs, targets } = batch;
  const [n = 0, ...shape] = inputs.shape;
  check(
    n >= 1 &&
      (sameShape(shape, asPictures(inputShape)) ||
        (shape.length === inputShape.length && shape[0] === inputShape[0])),
    () =>
      `${what}: its inputs have shape ${formatShape(inputs.shape)}, but the model takes [n, ${inputShape.join(", ")}].`,
  );
  const count = targets instanceof Tensor ? targets.shape[0] : targets.length;
  check(count === n, () => `${what}: it has ${n} inputs, but ${count} targets.`);
  checkFinite(what, "input", inputs);
  if (targets instanceof Tensor) checkFinite(what, "target", targets);
}

function checkFinite(what: string, role: string, { data, shape }: Tensor): void {
  if (allFinite(data)) return;
  const at = data.findIndex((value) => !Number.isFinite(value));
  const sample = Math.floor(at / sizeOf(shape.slice(1)));
  check(
    false,
    `${what}: sample ${sample} has the ${role} value ${data[at]}. Remove the sample or repair it: a network cannot learn from it.`,
  );
}

/** Whether all values are finite numbers. */
export function allFinite(data: Float32Array): boolean {
  // Zero times a finite number is zero, times NaN or an infinity it is NaN: one sum tells for all.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]! * 0;
  return sum === 0;
}
