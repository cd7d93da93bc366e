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

/** A picture, or what a page shows, as input [1, c, h, w]. Opacity is laid on white. */
export function prepare(source: Image | PixelSource, preprocessing: Preprocessing): Tensor {
  const {
    size: [height, width],
    shorter,
    method = "bilinear",
    grayscale = false,
    pad: border = 0,
    mean = 0,
    std = 1,
    onBlack = false,
  } = checked("prepare", preprocessing);
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
  if (typeof value !== "object" || value === null) return false;
  const { size, shorter, method, grayscale, pad: border, mean, std, onBlack } = value as Preprocessing;
  const isFlag = (flag: unknown): boolean => flag === undefined || typeof flag === "boolean";
  const isLength = (length: unknown): boolean => isSize(length as number) && (length as number) <= 4096;
  const isNumbers = (numbers: unknown): boolean =>
    numbers === undefined || [numbers].flat().every((one) => Number.isFinite(one));
  return (
    Array.isArray(size) &&
    size.length === 2 &&
    size.every(isLength) &&
    (shorter === undefined || (isLength(shorter) && shorter >= Math.min(...size))) &&
    (method === undefined || method === "bilinear" || method === "bicubic") &&
    (border === undefined || border === 0 || isLength(border)) &&
    isFlag(grayscale) &&
    isFlag(onBlack) &&
    isNumbers(mean) &&
    isNumbers(std)
  );
}

function checked(what: string, preprocessing: Preprocessing): Preprocessing {
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
  checkIs(
    isPreprocessing(preprocessing),
    `${what}: the preprocessing`,
    preprocessing,
    "{ size: [height, width], shorter, method, grayscale, pad, mean, std, onBlack }, sizes from 1 to 4096",
  );
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
