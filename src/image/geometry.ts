import { check } from "../errors.js";
import { checkImage, type Image, isSize } from "./image.js";
import { type ResizeMethod, resizePart } from "./resize.js";

/** A rectangle of a picture; `x` and `y` are its upper left corner. */
export function crop(image: Image, x: number, y: number, width: number, height: number): Image {
  checkImage("crop", image);
  check(
    [x, y].every((offset) => Number.isInteger(offset) && offset >= 0) &&
      [width, height].every(isSize) &&
      x + width <= image.width &&
      y + height <= image.height,
    () =>
      `crop: ${width} x ${height} pixels at (${x}, ${y}) are not within a picture of ${image.width} x ${image.height}.`,
  );
  return window(image, x, y, width, height, [0]);
}

/** The middle of a picture, as torchvision's `CenterCrop` cuts it out. */
export function centerCrop(image: Image, width: number, height: number): Image {
  checkImage("centerCrop", image);
  const { x, y } = middle(image, width, height);
  return window(image, x, y, width, height, [0]);
}

/** The middle of a picture of a size. Throws if it is not within it. */
function middle(of: { readonly width: number; readonly height: number }, width: number, height: number) {
  check(
    isSize(width) && isSize(height) && width <= of.width && height <= of.height,
    () =>
      `centerCrop: cannot cut ${width} x ${height} pixels out of ${of.width} x ${of.height}. Resize or pad the picture first.`,
  );
  return { x: halfToEven(of.width - width), y: halfToEven(of.height - height), width, height };
}

/** Pixels added at each side. */
export interface Sides {
  readonly left?: number;
  readonly top?: number;
  readonly right?: number;
  readonly bottom?: number;
}

/**
 * A picture with pixels added around it.
 * @param sides the same number on all sides, or one for each; 0 if left out
 * @param colour of the new pixels, one number for all channels or one for each; default 0
 */
export function pad(image: Image, sides: number | Sides, colour: number | readonly number[] = 0): Image {
  checkImage("pad", image);
  const all = typeof sides === "number" ? sides : 0;
  const { left = all, top = all, right = all, bottom = all } = typeof sides === "number" ? {} : sides;
  check(
    [left, top, right, bottom].every((side) => Number.isInteger(side) && side >= 0),
    () =>
      `pad: left ${left}, top ${top}, right ${right}, bottom ${bottom} must be whole numbers of 0 or more.`,
  );
  const colours = typeof colour === "number" ? Array<number>(image.channels).fill(colour) : colour;
  check(
    colours.length === image.channels,
    () => `pad: a colour of ${colours.length} numbers for a picture of ${image.channels} channels.`,
  );
  return window(image, -left, -top, left + image.width + right, top + image.height + bottom, colours);
}

/**
 * A picture made to fill a size without distortion: the shorter side resized to fit, the middle cut out, as
 * torchvision's `Resize(shorter)` and `CenterCrop(height, width)` do.
 * @param shorter length of the shorter side before cutting; the smallest that fills the size if left out
 */
export function resizeToFill(
  image: Image,
  size: { width: number; height: number; shorter?: number; method?: ResizeMethod },
): Image {
  const { width, height, method = "bilinear" } = size;
  const smallest = Math.min(image.width, image.height);
  const shorter = size.shorter ?? Math.ceil(Math.max(width / image.width, height / image.height) * smallest);
  const side = (length: number): number => Math.max(1, Math.trunc((length * shorter) / smallest));
  const whole = { width: side(image.width), height: side(image.height) };
  if (whole.width === image.width && whole.height === image.height) return centerCrop(image, width, height);
  return resizePart(image, { ...whole, method }, middle(whole, width, height));
}

/** A rectangle of a picture that may reach beyond its edges, where it has the given colour. */
function window(
  image: Image,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: readonly number[],
): Image {
  const { channels, data } = image;
  const result = new Uint8Array(width * height * channels);
  if (colour.some((value) => value !== 0)) {
    for (let i = 0; i < result.length; i++) result[i] = colour[i % channels]!;
  }
  const left = Math.max(0, x);
  const right = Math.min(image.width, x + width);
  for (let row = Math.max(0, y); row < Math.min(image.height, y + height); row++) {
    const pixels = data.subarray(
      (row * image.width + left) * channels,
      (row * image.width + right) * channels,
    );
    result.set(pixels, ((row - y) * width + left - x) * channels);
  }
  return { width, height, channels, data: result };
}

/** Half of a whole number; of two equally near whole numbers the even one, as Python rounds. */
function halfToEven(twice: number): number {
  const half = Math.floor(twice / 2);
  return twice % 2 === 0 || half % 2 === 0 ? half : half + 1;
}
