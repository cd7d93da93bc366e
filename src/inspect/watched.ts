import { checkDataset, type Dataset, subset } from "../data/dataset.js";
import type { Model, Trace } from "../layers/model.js";
import type { Value } from "../ops/op.js";
import type { Shape } from "../tensor.js";
import { datasetFeed, type Feed } from "../train/feed.js";
import { Fields, outputOf } from "./field-of-unit.js";

/** How far long work is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** A layer that a data set is shown to. */
export interface Watched {
  /** The samples, batch by batch in the model's shape. */
  readonly feed: Feed;
  readonly batchSize: number;
  /** Shape of one sample as the model takes it. */
  readonly shape: Shape;
  /** The layer's output for one sample, and what its units see. */
  readonly value: Value;
  readonly fields: Fields;
}

/** Floats that the largest value of a batch may have, where the size of batches is left open: 32 MB. */
const LARGEST = 8 * 2 ** 20;

/**
 * Makes a layer ready to be shown the first `limit` samples of a data set, whatever classes they are of.
 * @param layer "" is the output
 * @param batchSize if left open, `most` samples, or fewer where the network's values are large
 */
export function watched(
  what: string,
  model: Model,
  layer: string,
  dataset: Dataset,
  options: {
    readonly limit: number;
    readonly batchSize: number | undefined;
    readonly most: number;
    readonly signal: AbortSignal | undefined;
  },
): Watched {
  checkDataset(what, dataset);
  const { limit, most, signal } = options;
  const part = { ...subset(dataset, 0, Math.min(limit, dataset.length)), classes: [] };
  const feedOf = (batchSize: number): Feed => datasetFeed(what, model, part, { batchSize, signal });
  // Checks first that the samples fit the model.
  feedOf(most);
  const shape = model.inputShape.length === 3 ? dataset.shape : model.inputShape;
  const trace = model.trace([1, ...shape], false);
  const value = outputOf(what, trace, layer);
  const fields = new Fields(trace, trace.input, value);
  const batchSize = options.batchSize ?? Math.min(Math.max(Math.floor(LARGEST / largest(trace)), 1), most);
  return { feed: feedOf(batchSize), batchSize, shape, value, fields };
}

/** Floats of the largest value that is computed. */
function largest({ graph }: Trace): number {
  const computed = graph.values.filter(({ origin }) => typeof origin !== "string");
  return computed.reduce((most, { elements }) => Math.max(most, elements), 1);
}
