import { checkIs, checkOptions } from "../errors.js";
import type { Shape, Tensor } from "../tensor.js";
import { toGray, toRgb } from "./colour.js";
import { pad, resizeToFill } from "./geometry.js";
import { type Image, isSize } from "./image.js";
import type { Normalization } from "./normalize.js";
import { type PixelSource, toImage } from "./pixels.js";
import { resize } from "./resize.js";
import { toTensor } from "./to-tensor.js";

/** What a picture goes through to become an input of a network. Plain data: weights files keep it as JSON. */
export interface Preprocessing extends Normalization {
  /** Height and width of what the network sees, without `pad`. */
  readonly size: readonly [height: number, width: number];
  /**
   * Length that the shorter side is resized to before the middle of `size` is cut out, as torchvision's `Resize` and
   * `CenterCrop` do. The least that fills `size` if left out.
   */
  readonly shorter?: number;
  /** Default "bilinear". Both average over all the pixels that a new one covers, as Pillow does. */
  readonly method?: "bilinear" | "bicubic";
  /** Default false: three channels. */
  readonly grayscale?: boolean;
  /** Black pixels added on each side. Default 0. */
  readonly pad?: number;
  /**
   * Default false. The network knows light things on black, whole: a picture with a light border is inverted, and one
   * that is not as long as wide gets stripes of its border's colour; nothing is cut off.
   */
  readonly onBlack?: boolean;
}

/** As a user may write it. */
interface Given extends Omit<Preprocessing, "size"> {
  readonly size: Preprocessing["size"] | number;
}

/**
 * A picture, or what a page shows, as input [1, c, h, w]. Opacity is laid on white.
 * @param preprocessing its `size` may be one number, for squares
 */
export function prepare(source: Image | PixelSource, preprocessing: Given): Tensor {
  const {
    size,
    shorter,
    method = "bilinear",
    grayscale = false,
    pad: border = 0,
    mean = 0,
    std = 1,
    onBlack = false,
  } = checked("prepare", preprocessing);
  const [height, width] = typeof size === "number" ? [size, size] : size;
  const image = toImage(source);
  const flat = grayscale ? toGray(image) : toRgb(image);
  const fitted = onBlack
    ? resize(framed(borderMean(flat) > 127.5 ? inverted(flat) : flat, width / height), {
        width,
        height,
        method,
      })
    : resizeToFill(flat, { width, height, method, ...(shorter !== undefined && { shorter }) });
  return toTensor(pad(fitted, border), { grayscale, mean, std });
}

/** Shape of the inputs that the preprocessing makes, [c, h, w]. */
export function preparedShape({ grayscale, size: [h, w], pad: border = 0 }: Preprocessing): Shape {
  return [grayscale ? 1 : 3, h + 2 * border, w + 2 * border];
}

/**
 * The same preprocessing for inputs of another shape, [c, h, w]: the shorter side keeps its ratio to what is cut out; one
 * channel is grey, normalised with the mean of the channels' numbers. Undefined where c is not 1 or 3: no picture.
 */
export function preprocessingFor(preprocessing: Preprocessing, inputShape: Shape): Preprocessing | undefined {
  const [c, h, w] = inputShape as [number, number, number];
  if (inputShape.length !== 3 || (c !== 1 && c !== 3)) return undefined;
  const { shorter, pad: border = 0, mean = 0, std = 1, size: old } = preprocessing;
  const size = [h - 2 * border, w - 2 * border] as const;
  if (!size.every(isSize)) return undefined;
  const factor = Math.max(size[0] / old[0], size[1] / old[1]);
  const numbers = (given: number | readonly number[]): number | readonly number[] =>
    c === 1 && typeof given !== "number" ? given.reduce((a, b) => a + b, 0) / given.length : given;
  return {
    ...preprocessing,
    size,
    grayscale: c === 1,
    mean: numbers(mean),
    std: numbers(std),
    ...(shorter !== undefined && { shorter: Math.round(shorter * factor) }),
  };
}

/** Whether a value, such as one read from a file, is a preprocessing that pictures can go through. */
export function isPreprocessing(value: unknown): value is Preprocessing {
  const size = (value as Preprocessing | null)?.size;
  return Array.isArray(size) && size.length === 2 && problem(value as Given) === undefined;
}

/** Longer sides than any network's, shorter than what takes all the memory. */
const LONGEST = 4096;
const aLength = `a whole number from 1 to ${LONGEST}`;

/** The first field that is wrong, and what it must be. */
function problem(given: Given): { field: keyof Given; must: string } | undefined {
  const { size, shorter, method, grayscale, pad: border, mean, std, onBlack } = given;
  const isLength = (length: unknown): boolean => isSize(length as number) && (length as number) <= LONGEST;
  const isFlag = (flag: unknown): boolean => flag === undefined || typeof flag === "boolean";
  const areNumbers = (numbers: unknown): boolean =>
    numbers === undefined || [numbers].flat().every((one) => Number.isFinite(one));
  const sides = [size].flat();
  if (!(isLength(size) || (Array.isArray(size) && size.length === 2 && size.every(isLength))))
    return { field: "size", must: `[height, width] or one number for both, each ${aLength}` };
  const least = Math.min(...sides);
  if (shorter !== undefined && !(isLength(shorter) && shorter >= least)) {
    const must = `a whole number from ${least}, the shorter side of size, to ${LONGEST}`;
    return { field: "shorter", must: `${must}: the middle is cut out of what it is resized to` };
  }
  if (method !== undefined && method !== "bilinear" && method !== "bicubic")
    return { field: "method", must: '"bilinear" or "bicubic"' };
  if (!(border === undefined || border === 0 || isLength(border)))
    return { field: "pad", must: `a whole number from 0 to ${LONGEST}` };
  if (!isFlag(grayscale)) return { field: "grayscale", must: "true or false" };
  if (!isFlag(onBlack)) return { field: "onBlack", must: "true or false" };
  const must = "a number, or a list of one for each channel";
  if (!areNumbers(mean)) return { field: "mean", must };
  if (!areNumbers(std)) return { field: "std", must };
  return undefined;
}

function checked(what: string, preprocessing: Given): Given {
  checkOptions(what, preprocessing, [
    "size",
    "shorter",
    "method",
    "grayscale",
    "pad",
    "mean",
    "std",
    "onBlack",
  ]);
  const wrong = problem(preprocessing);
  if (wrong) checkIs(false, `${what}: ${wrong.field}`, preprocessing[wrong.field], wrong.must);
  return preprocessing;
}

/** Mean of the samples along the border. */
function borderMean({ width, height, channels, data }: Image): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    const edge = y === 0 || y === height - 1;
    for (let x = 0; x < width; x += edge ? 1 : Math.max(1, width - 1)) {
      for (let c = 0; c < channels; c++) sum += data[(y * width + x) * channels + c]!;
      count += channels;
    }
  }
  return sum / count;
}

function inverted(image: Image): Image {
  return { ...image, data: image.data.map((sample) => 255 - sample) };
}

/** The picture with stripes on two sides, so that its width is `ratio` times its height. */
function framed(image: Image, ratio: number): Image {
  const { width, height, channels } = image;
  const across = Math.max(0, Math.round(height * ratio) - width);
  const down = Math.max(0, Math.round(width / ratio) - height);
  if (across === 0 && down === 0) return image;
  const sides = {
    left: Math.floor(across / 2),
    right: Math.ceil(across / 2),
    top: Math.floor(down / 2),
    bottom: Math.ceil(down / 2),
  };
  return pad(image, sides, Array<number>(channels).fill(Math.round(borderMean(image))));
}
