import { listFolder } from "#platform";
import {
  cifar10,
  type Dataset,
  fashionMnist,
  type ImageFolder,
  imageFolder,
  mnist,
  type Split,
  subset,
} from "../data/index.js";
import { check, FeatureMapError } from "../errors.js";
import { type Image, type Preprocessing, prepare, preparedShape } from "../image/index.js";
import { Random } from "../random.js";
import type { Shape } from "../tensor.js";
import { shares, spread } from "./evenly.js";
import { UsageError } from "./exit.js";
import { similar } from "./options.js";

/** A data set that a network can be trained on. */
export interface Source {
  /** As people write it. */
  readonly title: string;
  /** Shape of one sample, [c, h, w]. */
  readonly shape: Shape;
  /** What a picture goes through to become a sample. */
  readonly preprocessing: Preprocessing;
  load(split: Split): Promise<Dataset>;
}

export interface DataOptions {
  readonly data: string;
  readonly dataDir?: string;
  readonly limit?: number;
}

const NAMES = ["mnist", "fashion-mnist", "cifar10"];
const MNIST_SIZE = 28;
const CIFAR_SIZE = 32;
/** Share of an image folder without a test part that is trained on. */
const TRAINED_SHARE = 0.8;

/**
 * The data set that the options name, for a network that takes [c, h, w] by design.
 * @param given what pictures in a folder go through, where the network's weights were learned from such
 */
export async function findSource(
  options: DataOptions,
  inputShape: Shape,
  given?: Preprocessing,
): Promise<Source> {
  const { data, dataDir, limit } = options;
  const place = dataDir === undefined ? {} : { dir: dataDir };
  const source = await known(data, place, inputShape, given);
  return {
    ...source,
    async load(split) {
      const dataset = await source.load(split);
      return limit === undefined ? dataset : limited(dataset, limit);
    },
  };
}

/** So many of the samples: the first ones, or as many of each class where it is known before they are read. */
function limited(dataset: Dataset, limit: number): Dataset {
  if (!("targets" in dataset)) return subset(dataset, 0, Math.min(limit, dataset.length));
  const classes = byClass(dataset as ImageFolder);
  const counts = shares(
    classes.map((indices) => indices.length),
    limit,
  );
  return chosen(
    dataset as ImageFolder,
    classes.flatMap((indices, i) => spread(indices, counts[i]!)),
  );
}

/** Indices of the samples of each class. */
function byClass({ classes, targets }: ImageFolder): number[][] {
  const indices: number[][] = classes.map(() => []);
  for (const [index, target] of targets.entries()) indices[target]!.push(index);
  return indices;
}

/** Some of the samples. */
function chosen(dataset: ImageFolder, indices: readonly number[]): ImageFolder {
  return {
    ...dataset,
    length: indices.length,
    targets: indices.map((index) => dataset.targets[index]!),
    get: (samples) => dataset.get(Array.from(samples, (sample) => indices[sample]!)),
  };
}

/** Four fifths of each class to train on, and the rest; at least one of both where there are two. */
function divided(dataset: ImageFolder): [ImageFolder, ImageFolder] {
  const trained = new Set<number>();
  for (const indices of byClass(dataset)) {
    const most = Math.max(1, indices.length - 1);
    const order = new Random(0).permutation(indices.length);
    for (const at of order.subarray(0, Math.min(most, Math.round(TRAINED_SHARE * indices.length))))
      trained.add(indices[at]!);
  }
  const all = dataset.targets.map((_, index) => index);
  return [
    chosen(
      dataset,
      all.filter((index) => trained.has(index)),
    ),
    chosen(
      dataset,
      all.filter((index) => !trained.has(index)),
    ),
  ];
}

async function known(
  data: string,
  place: { dir?: string },
  inputShape: Shape,
  given: Preprocessing | undefined,
): Promise<Source> {
  const [, h = 0, w = 0] = inputShape;
  const fits = (size: number, pads: boolean): void =>
    check(
      h === w && (pads ? h >= size && (h - size) % 2 === 0 : h === size),
      () => `The network takes pictures of ${h} × ${w} pixels; those of ${data} are ${size} × ${size}.`,
    );
  if (data === "mnist" || data === "fashion-mnist") {
    fits(MNIST_SIZE, true);
    const pad = (h - MNIST_SIZE) / 2;
    const [load, title, mean, std] =
      data === "mnist"
        ? ([mnist, "MNIST", 0.1307, 0.3081] as const)
        : ([fashionMnist, "Fashion-MNIST", 0.286, 0.353] as const);
    const preprocessing = {
      grayscale: true,
      size: [MNIST_SIZE, MNIST_SIZE],
      pad,
      mean,
      std,
      onBlack: true,
    } as const;
    return { title, shape: [1, h, w], preprocessing, load: (split) => load(split, { ...place, pad }) };
  }
  if (data === "cifar10") {
    if (place.dir === undefined) {
      const files = "data_batch_1.bin to data_batch_5.bin and test_batch.bin";
      throw new UsageError(
        `cifar10 needs a folder: unpack cifar-10-binary.tar.gz of https://www.cs.toronto.edu/~kriz/cifar.html, which holds ${files}, and give it as --data-dir.`,
      );
    }
    fits(CIFAR_SIZE, false);
    const [mean, std] = [
      [0.4914, 0.4822, 0.4465],
      [0.247, 0.2435, 0.2616],
    ];
    const preprocessing = {
      grayscale: false,
      size: [CIFAR_SIZE, CIFAR_SIZE],
      pad: 0,
      mean,
      std,
      onBlack: false,
    } as const;
    return { title: "CIFAR-10", shape: [3, h, w], preprocessing, load: (split) => cifar10(split, place) };
  }
  return folder(data, place.dir, inputShape, given);
}

/** Pictures in a subfolder for each class; under train and test (or val), or all together. */
async function folder(
  data: string,
  dataDir: string | undefined,
  [c = 3, h = 0, w = 0]: Shape,
  given: Preprocessing | undefined,
): Promise<Source> {
  if (dataDir !== undefined)
    throw new UsageError(`--data-dir is for ${NAMES.join(", ")}. Give a folder of pictures as --data.`);
  const entries = await listFolder(data).catch(() => undefined);
  if (!entries) {
    const near = similar(data, NAMES);
    if (near) throw new UsageError(`There is no data set "${data}". Did you mean ${near}?`);
    throw new FeatureMapError(
      `There is no data set "${data}". Give one of ${NAMES.join(", ")}, or a folder of pictures.`,
    );
  }
  const has = (name: string): boolean => entries.some((entry) => entry.isFolder && entry.name === name);
  const test = ["test", "val"].find(has);
  const grayscale = c === 1;
  const preprocessing: Preprocessing = given ?? {
    grayscale,
    size: [h, w],
    pad: 0,
    mean: 0.5,
    std: 0.5,
    onBlack: false,
  };
  const options = {
    prepare: {
      inputShape: preparedShape(preprocessing),
      prepare: (picture: Image) => prepare(picture, preprocessing),
    },
  };
  return {
    title: data,
    shape: [c, h, w],
    preprocessing,
    async load(split) {
      if (has("train") && test) return imageFolder(`${data}/${split === "train" ? "train" : test}`, options);
      const [trained, rest] = divided(await imageFolder(data, options));
      return split === "train" ? trained : rest;
    },
  };
}
