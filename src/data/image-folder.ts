import { listFolder } from "#platform";
import { check, checkFlags, checkOptions, show } from "../errors.js";
import { resizeToFill } from "../image/geometry.js";
import { isSize } from "../image/image.js";
import { byteTables, type Normalization } from "../image/normalize.js";
import { readImage } from "../image/read.js";
import { type ToTensorOptions, toTensor } from "../image/to-tensor.js";
import { pair } from "../ops/shape.js";
import { Tensor } from "../tensor.js";
import { checkIndices, type Dataset } from "./dataset.js";

export interface ImageFolderOptions extends Normalization {
  /** Height and width of the samples; one number for both. */
  readonly size: number | readonly [height: number, width: number];
  /** Length that the shorter side is resized to before the middle is cut out; the least that fills `size` if left out. */
  readonly shorter?: number;
  /** Default false: three channels. */
  readonly grayscale?: boolean;
}

/**
 * Pictures in a folder with a subfolder for each class, as torchvision's `ImageFolder`; in Node.
 *
 * Classes are the names of the subfolders in the order of their characters; PNG and JPEG files count, by their
 * endings, other files do not. A picture is read when it is asked for.
 */
export async function imageFolder(dir: string, options: ImageFolderOptions): Promise<Dataset> {
  checkOptions("imageFolder", options, ["size", "shorter", "grayscale", "mean", "std"]);
  const { size, shorter, grayscale = false, mean = 0, std = 1 } = options;
  const [h, w] = pair("imageFolder: size", size, 1);
  checkFlags("imageFolder", { grayscale });
  check(
    shorter === undefined || (isSize(shorter) && shorter >= Math.min(h, w)),
    () => `imageFolder: shorter must be a whole number of at least the size, not ${show(shorter)}.`,
  );
  const c = grayscale ? 1 : 3;
  const background = byteTables("imageFolder", c, { mean, std }).map((table) => table[0]!);
  const toInput: ToTensorOptions = { grayscale, mean, std };
  const fill = { height: h, width: w, ...(shorter !== undefined && { shorter }) };

  const { classes, paths, targets } = await findPictures(dir);
  const dataset: Dataset = {
    name: dir,
    length: paths.length,
    shape: [c, h, w],
    classes,
    background,
    async get(indices) {
      checkIndices(dataset, indices);
      const inputs = new Float32Array(indices.length * c * h * w);
      for (let i = 0; i < indices.length; i++) {
        const image = await readImage(paths[indices[i]!]!);
        inputs.set(toTensor(resizeToFill(image, fill), toInput).data, i * c * h * w);
      }
      return {
        inputs: new Tensor(inputs, [indices.length, c, h, w]),
        targets: Int32Array.from(indices, (index) => targets[index]!),
      };
    },
  };
  return dataset;
}

/** Whether a file is a PNG or JPEG by its name; hidden files are not. */
export function isPictureFile(name: string): boolean {
  return !name.startsWith(".") && /\.(png|jpe?g)$/i.test(name);
}

async function findPictures(dir: string): Promise<{ classes: string[]; paths: string[]; targets: number[] }> {
  const classes = (await listFolder(dir))
    .filter(({ name, isFolder }) => isFolder && !name.startsWith("."))
    .map(({ name }) => name);
  check(classes.length > 0, () => `imageFolder: ${dir} has no subfolders; there must be one for each class.`);
  const paths: string[] = [];
  const targets: number[] = [];
  for (const [label, name] of classes.entries()) {
    const pictures = (await listFolder(`${dir}/${name}`)).filter(
      (file) => !file.isFolder && isPictureFile(file.name),
    );
    check(
      pictures.length > 0,
      () => `imageFolder: ${dir}/${name} has no PNG or JPEG files. Remove the folder or fill it.`,
    );
    for (const picture of pictures) {
      paths.push(`${dir}/${name}/${picture.name}`);
      targets.push(label);
    }
  }
  return { classes, paths, targets };
}
