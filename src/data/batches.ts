import { check, checkCount, checkFlags, checkIs, checkOptions, checkSignal } from "../errors.js";
import { Random } from "../random.js";
import { formatShape, Tensor } from "../tensor.js";
import { type Batch, checkBatchKind, checkDataset, type Dataset } from "./dataset.js";

/** What a random change of a batch may depend on, so that the same epoch is always the same. */
export interface AugmentContext {
  /** Numbers of the samples in the data set. */
  readonly indices: Uint32Array;
  readonly seed: number;
  readonly epoch: number;
  /** What a black pixel is, for each channel. */
  readonly background: readonly number[];
}

/** A change of a batch before it is trained on; see `augment`. */
export type Augmentation = (batch: Batch, context: AugmentContext) => Batch;

/** Throws unless it is a change of batches, where there is any. */
export function checkAugmentation(what: string, change: Augmentation | undefined): void {
  const isChange = change === undefined || typeof change === "function";
  checkIs(isChange, what, change, "a function, such as augment({ flip: true }) makes");
}

export interface BatchesOptions {
  /** Samples in a batch; the last may have fewer. */
  readonly batchSize: number;
  /** Whether the samples come in an order drawn from seed and epoch. Default false. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: number;
  /** Default 0. */
  readonly epoch?: number;
  /** Whether to leave out a last batch that is not full. Default false. */
  readonly dropLast?: boolean;
  readonly augment?: Augmentation;
  /** Ends the iteration with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * A data set batch by batch, once: one epoch.
 *
 * Order and augmentation are functions of seed and epoch alone. Every batch is checked: inputs of the promised shape
 * and finite, class indices within the classes.
 */
export function batches(dataset: Dataset, options: BatchesOptions): AsyncIterable<Batch> {
  const known = ["batchSize", "shuffle", "seed", "epoch", "dropLast", "augment", "signal"];
  checkOptions("batches", options, known);
  const { batchSize, shuffle = false, dropLast = false, epoch = 0, augment, signal } = options;
  checkDataset("batches", dataset);
  checkCount("batches: batchSize", batchSize);
  checkCount("batches: epoch", epoch, 0);
  checkFlags("batches", { shuffle, dropLast });
  checkAugmentation("batches: augment", augment);
  checkSignal("batches", signal);
  return { [Symbol.asyncIterator]: () => generate(dataset, options) };
}

async function* generate(dataset: Dataset, options: BatchesOptions): AsyncGenerator<Batch, void> {
  const { batchSize, shuffle = false, seed = 0, epoch = 0, dropLast = false, augment, signal } = options;
  const { length, shape, background = shape.slice(0, 1).flatMap((c) => Array<number>(c).fill(0)) } = dataset;
  const order = shuffle
    ? new Random(seed).fork(epoch).permutation(length)
    : Uint32Array.from({ length }, (_, i) => i);
  for (let start = 0; start < length; start += batchSize) {
    const indices = order.subarray(start, start + batchSize);
    if (dropLast && indices.length < batchSize) return;
    signal?.throwIfAborted();
    const batch = await dataset.get(indices);
    checkBatch(dataset, batch, indices);
    signal?.throwIfAborted();
    yield augment ? augment(batch, { indices, seed, epoch, background }) : batch;
  }
}

function checkBatch(dataset: Dataset, batch: Batch, indices: Uint32Array): void {
  const { name, classes, shape } = dataset;
  checkBatchKind(`${name}: a batch`, batch);
  const { inputs, targets } = batch;
  const expected = [indices.length, ...shape];
  check(
    inputs.shape.length === 4 && expected.every((size, d) => size === inputs.shape[d]),
    () =>
      `${name}: a batch has inputs of shape ${formatShape(inputs.shape)}, expected ${formatShape(expected)}.`,
  );
  const count = targets instanceof Tensor ? (targets.shape[0] ?? 0) : targets.length;
  check(count === indices.length, () => `${name}: a batch of ${indices.length} inputs has ${count} targets.`);
  checkFinite(name, "input", inputs, indices);
  if (targets instanceof Tensor) {
    checkFinite(name, "target", targets, indices);
    return;
  }
  for (let i = 0; i < count; i++) {
    const label = targets[i]!;
    check(
      label >= 0 && (label < classes.length || classes.length === 0),
      () =>
        `${name}: sample ${indices[i]} has the class index ${label}; expected ` +
        (classes.length > 0 ? `0 to ${classes.length - 1}.` : "0 or more."),
    );
  }
}

function checkFinite(name: string, what: string, { data }: Tensor, indices: Uint32Array): void {
  // Zero times a finite number is zero, times NaN or an infinity it is NaN: one sum tells for all.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]! * 0;
  if (sum === 0) return;
  const at = data.findIndex((value) => !Number.isFinite(value));
  const sample = indices[Math.floor(at / (data.length / indices.length))];
  check(
    false,
    `${name}: sample ${sample} has the ${what} value ${data[at]}. Remove the sample or repair it: a network cannot learn from it.`,
  );
}
