import { type Image, pad, resize, resizeToFill, toGray, toRgb, toTensor } from "../image/index.js";
import type { Shape, Tensor } from "../tensor.js";

/** What a picture goes through to become an input of a network. */
export interface Preprocessing {
  readonly grayscale: boolean;
  /** Height and width it is resized to. */
  readonly size: readonly [number, number];
  /** Black pixels then added on each side. */
  readonly pad: number;
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
  /**
   * The network knows light things on black, whole: a picture with a light border is inverted, and one that is not as
   * long as wide gets stripes of its border's colour. Otherwise the middle of a picture is cut out.
   */
  readonly onBlack: boolean;
}

/** Of digits as MNIST has them, for networks that take 32 x 32 pixels. */
export const digits: Preprocessing = {
  grayscale: true,
  size: [28, 28],
  pad: 2,
  mean: 0.1307,
  std: 0.3081,
  onBlack: true,
};

/** Shape of the inputs, [c, h, w]. */
export function shapeOf({ grayscale, size: [h, w], pad: border }: Preprocessing): Shape {
  return [grayscale ? 1 : 3, h + 2 * border, w + 2 * border];
}

/** A picture as input [1, c, h, w]. */
export function prepare(
  image: Image,
  { grayscale, size, pad: border, mean, std, onBlack }: Preprocessing,
): Tensor {
  const flat = grayscale ? toGray(image) : toRgb(image);
  const [height, width] = size;
  const fitted = onBlack
    ? resize(framed(borderMean(flat) > 127.5 ? inverted(flat) : flat, width / height), { width, height })
    : resizeToFill(flat, { width, height });
  return toTensor(pad(fitted, border), { grayscale, mean, std });
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
