import { check } from "../errors.js";
import { Random } from "../random.js";
import type { Tensor } from "../tensor.js";

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

/** The samples from `start` up to, not including, `end`. */
export function subset(dataset: Dataset, start: number, end = dataset.length): Dataset {
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
  check(fraction >= 0 && fraction <= 1, () => `split: the fraction must be 0 to 1, not ${fraction}.`);
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
