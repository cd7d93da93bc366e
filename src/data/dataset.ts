import { check, checkIs, checkNumber } from "../errors.js";
import { Random } from "../random.js";
import { Tensor } from "../tensor.js";

/** Some samples of a data set. */
export interface Batch {
  /** `[n, c, h, w]`. */
  readonly inputs: Tensor;
  /** Class indices, n of them; or the values to approximate, `[n, ...]`. */
  readonly targets: Int32Array | Tensor;
}

/** Samples that can be asked for by number. Anything with these members will do. */
export interface Dataset {
  /** For messages. */
  readonly name: string;
  /** How many samples there are. */
  readonly length: number;
  /** Of one sample: channels, height, width. */
  readonly shape: readonly [number, number, number];
  /** Names of the classes; empty where targets are values. */
  readonly classes: readonly string[];
  /** What a black pixel is in `inputs`, one number for each channel: augmentation fills with it. Default 0. */
  readonly background?: readonly number[];
  /** The samples with these numbers, in this order. */
  get(indices: ArrayLike<number>): Batch | Promise<Batch>;
}

/** Throws unless it has the members of a data set. */
export function checkDataset(what: string, dataset: Dataset): void {
  const { get, length, shape, classes } = dataset ?? {};
  const isDataset =
    typeof get === "function" && Number.isInteger(length) && Array.isArray(shape) && Array.isArray(classes);
  checkIs(
    isDataset,
    `${what}: the data`,
    dataset,
    "a Dataset, such as await mnist(...) or fromArrays(...) give",
  );
}

/** Throws unless a batch has inputs and targets of the right kinds. */
export function checkBatchKind(what: string, batch: Batch): void {
  const { inputs, targets } = batch ?? {};
  const isTargets = targets instanceof Int32Array || targets instanceof Tensor;
  checkIs(typeof batch === "object" && batch !== null, what, batch, "{ inputs, targets }");
  checkIs(inputs instanceof Tensor, `${what}: its "inputs"`, inputs, "a Tensor");
  checkIs(
    isTargets,
    `${what}: its "targets"`,
    targets,
    "an Int32Array of class indices, or a Tensor of values",
  );
}

/** The samples from `start` up to, not including, `end`. */
export function subset(dataset: Dataset, start: number, end = dataset?.length): Dataset {
  checkDataset("subset", dataset);
  check(
    Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= dataset.length,
    () =>
      `subset: ${start} to ${end} is not a range within the ${dataset.length} samples of ${dataset.name}.`,
  );
  return pick(
    dataset,
    Uint32Array.from({ length: end - start }, (_, i) => start + i),
  );
}

/**
 * Two parts without a sample in common, drawn at random by the seed: the first holds the fraction of the samples,
 * rounded to a whole number, the second the others.
 */
export function split(dataset: Dataset, fraction: number, seed = 0): [Dataset, Dataset] {
  checkDataset("split", dataset);
  checkNumber("split: the fraction", fraction, { min: 0, max: 1 });
  const order = new Random(seed).permutation(dataset.length);
  const cut = Math.round(fraction * dataset.length);
  return [pick(dataset, order.subarray(0, cut)), pick(dataset, order.subarray(cut))];
}

/** Throws unless every index is a sample's number. */
export function checkIndices(dataset: { name: string; length: number }, indices: ArrayLike<number>): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    check(
      Number.isInteger(index) && index >= 0 && index < dataset.length,
      () => `${dataset.name}: no sample ${index}; there are ${dataset.length}, numbered from 0.`,
    );
  }
}

function pick(dataset: Dataset, chosen: Uint32Array): Dataset {
  const { name, shape, classes, background } = dataset;
  const part: Dataset = {
    name,
    shape,
    classes,
    length: chosen.length,
    ...(background && { background }),
    get(indices) {
      checkIndices(part, indices);
      return dataset.get(Uint32Array.from(indices, (index) => chosen[index]!));
    },
  };
  return part;
}
