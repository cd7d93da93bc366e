import { listFolder } from "#platform";
import { check, checkFlags, checkIs, checkOptions, show } from "../errors.js";
import { resizeToFill } from "../image/geometry.js";
import { type Image, isSize } from "../image/image.js";
import { byteTables, type Normalization } from "../image/normalize.js";
import { readImage } from "../image/read.js";
import { toTensor } from "../image/to-tensor.js";
import { pair, sameShape } from "../ops/shape.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";
import { checkIndices, type Dataset } from "./dataset.js";

export interface ImageFolderOptions extends Normalization {
  /** Height and width of the samples; one number for both. */
  readonly size: number | readonly [height: number, width: number];
  /** Length that the shorter side is resized to before the middle is cut out; the least that fills `size` if left out. */
  readonly shorter?: number;
  /** Default false: three channels. */
  readonly grayscale?: boolean;
}

/** What makes inputs of pictures: a model that has a `prepare`, as the zoo's have. */
export interface Preparing {
  /** Of what it makes, [c, h, w]. */
  readonly inputShape: Shape;
  readonly prepare?: ((picture: Image) => Tensor | Promise<Tensor>) | undefined;
}

/** A data set of pictures in a folder. */
export interface ImageFolder extends Dataset {
  /** Paths of the files in it that are no pictures known here, by their endings. */
  readonly skipped: readonly string[];
  /** The class of each sample. */
  readonly targets: readonly number[];
}

/**
 * Pictures in a folder with a subfolder for each class, as torchvision's `ImageFolder`; in Node.
 *
 * Classes are the names of the subfolders in the order of their characters; PNG and JPEG files in them, at any depth,
 * count by their endings. Other files are `skipped`; hidden ones are passed over. A picture is read when it is asked for.
 * @param options what pictures go through; `{ prepare: model }` for what the model's `classify` does with them
 */
export async function imageFolder(
  dir: string,
  options: ImageFolderOptions | { readonly prepare: Preparing },
): Promise<ImageFolder> {
  const { shape, background, toInput } =
    "prepare" in Object(options)
      ? await preparedBy(options as { prepare: Preparing })
      : preparedAs(options as ImageFolderOptions);
  const { classes, paths, targets, skipped } = await findPictures(dir);
  const size = sizeOf(shape);
  const dataset: ImageFolder = {
    name: dir,
    length: paths.length,
    shape,
    classes,
    background,
    skipped,
    targets,
    async get(indices) {
      checkIndices(dataset, indices);
      const inputs = new Float32Array(indices.length * size);
      for (let i = 0; i < indices.length; i++) {
        const input = await toInput(await readImage(paths[indices[i]!]!));
        inputs.set(input.data, i * size);
      }
      return {
        inputs: new Tensor(inputs, [indices.length, ...shape]),
        targets: Int32Array.from(indices, (index) => targets[index]!),
      };
    },
  };
  return dataset;
}

interface Preparation {
  readonly shape: readonly [number, number, number];
  /** What black is in each channel. */
  readonly background: readonly number[];
  readonly toInput: (image: Image) => Tensor | Promise<Tensor>;
}

function preparedAs(options: ImageFolderOptions): Preparation {
  checkOptions("imageFolder", options, ["size", "shorter", "grayscale", "mean", "std", "prepare"]);
  const { size, shorter, grayscale = false, mean = 0, std = 1 } = options;
  const [h, w] = pair("imageFolder: size", size, 1);
  checkFlags("imageFolder", { grayscale });
  check(
    shorter === undefined || (isSize(shorter) && shorter >= Math.min(h, w)),
    () => `imageFolder: shorter must be a whole number of at least the size, not ${show(shorter)}.`,
  );
  const c = grayscale ? 1 : 3;
  const background = byteTables("imageFolder", c, { mean, std }).map((table) => table[0]!);
  const fill = { height: h, width: w, ...(shorter !== undefined && { shorter }) };
  const toInput = (image: Image) => toTensor(resizeToFill(image, fill), { grayscale, mean, std });
  return { shape: [c, h, w], background, toInput };
}

async function preparedBy(options: { readonly prepare: Preparing }): Promise<Preparation> {
  const { prepare: model, ...others } = options;
  const [other] = Object.keys(others);
  check(
    other === undefined,
    () => `imageFolder: prepare says all that pictures go through. Leave ${other} out.`,
  );
  const { inputShape, prepare } = model ?? {};
  const takesPictures = Array.isArray(inputShape) && typeof prepare === "function";
  const must = "a model that takes pictures, as those of the zoo do, or one built with { prepare }";
  check(takesPictures, () => `imageFolder: prepare is ${show(model)}; it must be ${must}.`);
  check(
    inputShape.length === 3,
    () => `imageFolder: the model's inputs are ${formatShape(inputShape)}; pictures are [c, h, w].`,
  );
  const shape = inputShape as [number, number, number];
  const toInput = async (image: Image): Promise<Tensor> => {
    const input = await prepare(image);
    checkIs(input instanceof Tensor, "imageFolder: what the model's prepare gives", input, "a Tensor");
    check(
      sameShape(input.shape, [1, ...shape]),
      () =>
        `imageFolder: the model's prepare gives ${formatShape(input.shape)}; expected ${formatShape([1, ...shape])}.`,
    );
    return input;
  };
  const [c, h, w] = shape;
  const black = await toInput({ width: w, height: h, channels: 3, data: new Uint8Array(3 * w * h) });
  const middle = Math.floor(h / 2) * w + Math.floor(w / 2);
  const background = Array.from({ length: c }, (_, channel) => black.data[channel * h * w + middle]!);
  return { shape, background, toInput };
}

const pictureEnding = /\.(png|jpe?g)$/i;

/** Whether a file is a PNG or JPEG by its name; hidden files are not. */
export function isPictureFile(name: string): boolean {
  return !name.startsWith(".") && pictureEnding.test(name);
}

interface Found {
  readonly classes: string[];
  readonly paths: string[];
  readonly targets: number[];
  readonly skipped: string[];
}

async function findPictures(dir: string): Promise<Found> {
  const classes = (await listFolder(dir))
    .filter(({ name, isFolder }) => isFolder && !name.startsWith("."))
    .map(({ name }) => name);
  check(classes.length > 0, () => `imageFolder: ${dir} has no subfolders; there must be one for each class.`);
  const found: Found = { classes, paths: [], targets: [], skipped: [] };
  for (const [label, name] of classes.entries()) {
    const files = await filesBelow(`${dir}/${name}`);
    const pictures = files.filter((file) => pictureEnding.test(file));
    const others = files.filter((file) => !pictureEnding.test(file));
    check(
      pictures.length > 0,
      () =>
        `imageFolder: ${dir}/${name} has no PNG or JPEG files${others.length > 0 ? `, only ${listed(others)}` : ""}. Remove the folder or fill it.`,
    );
    for (const picture of pictures) {
      found.paths.push(picture);
      found.targets.push(label);
    }
    found.skipped.push(...others);
  }
  const lost = found.skipped.filter((file) => otherPictures.test(file));
  if (lost.length > 0) {
    console.warn(
      `imageFolder: left out ${listed(lost)} in ${dir}: only PNG and JPEG files are read. Convert pictures of other formats.`,
    );
  }
  return found;
}

/** What torchvision's `ImageFolder` would count besides, or somebody expect to be counted. */
const otherPictures = /\.(webp|gif|bmp|tiff?|ppm|pgm|avif|heic)$/i;
/** Deeper than any collection, less deep than what a link in a circle makes. */
const DEPTH = 16;

/** Paths of the files in a folder and the folders in it, folder by folder as torchvision orders them; no hidden ones. */
export async function filesBelow(folder: string): Promise<string[]> {
  const folders: [path: string, files: string[]][] = [];
  const visit = async (path: string, depth: number): Promise<void> => {
    check(
      depth <= DEPTH,
      () => `imageFolder: ${folder} has more than ${DEPTH} folders in each other. Does a link lead back?`,
    );
    const entries = (await listFolder(path)).filter(({ name }) => !name.startsWith("."));
    folders.push([path, entries.filter(({ isFolder }) => !isFolder).map(({ name }) => `${path}/${name}`)]);
    for (const { name } of entries.filter(({ isFolder }) => isFolder))
      await visit(`${path}/${name}`, depth + 1);
  };
  await visit(folder, 1);
  return folders.sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, files]) => files);
}

function listed(files: readonly string[]): string {
  const names = files.slice(0, 3).map((file) => file.slice(file.lastIndexOf("/") + 1));
  return `${files.length} ${files.length === 1 ? "file" : "files"} (${names.join(", ")}${files.length > 3 ? ", ..." : ""})`;
}
