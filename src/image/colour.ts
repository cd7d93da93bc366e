import { check } from "../errors.js";
import { checkImage, type Image } from "./image.js";

/**
 * A picture as red, green and blue. Grey is repeated. Transparent pixels are laid over a background, because the
 * colours stored under them are arbitrary.
 * @param background default white; `null` drops the opacity instead, as Pillow's `convert("RGB")` does
 */
export function toRgb(
  image: Image,
  background: readonly [number, number, number] | null = [255, 255, 255],
): Image {
  checkImage("toRgb", image);
  const { width, height, channels, data } = image;
  if (channels === 3) return image;
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0, p = 0; p < rgb.length; i += channels, p += 3) {
    const alpha = channels === 4 && background ? data[i + 3]! : 255;
    for (let c = 0; c < 3; c++) {
      const value = data[channels === 1 ? i : i + c]!;
      rgb[p + c] =
        alpha === 255 ? value : Math.round((value * alpha + background![c]! * (255 - alpha)) / 255);
    }
  }
  return { width, height, channels: 3, data: rgb };
}

/** A picture as grey: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601), rounded as Pillow does. */
export function toGray(image: Image, background?: readonly [number, number, number] | null): Image {
  if (image.channels === 1) {
    checkImage("toGray", image);
    return image;
  }
  const { width, height, data } = toRgb(image, background);
  const grey = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < grey.length; i++, p += 3) {
    grey[i] = (data[p]! * 19595 + data[p + 1]! * 38470 + data[p + 2]! * 7471 + 0x8000) >> 16;
  }
  return { width, height, channels: 1, data: grey };
}

/** The pixels of a canvas. The samples are shared, not copied. */
export function fromImageData(imageData: { width: number; height: number; data: Uint8ClampedArray }): Image {
  const { width, height, data } = imageData;
  check(
    data.length === width * height * 4,
    () => `fromImageData: ${data.length} samples do not fill ${width} x ${height} pixels of 4 channels.`,
  );
  return { width, height, channels: 4, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

/** A picture as the four channels of a canvas: `new ImageData(data, width, height)`. */
export function toImageData(image: Image): {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
} {
  checkImage("toImageData", image);
  const { width, height, channels, data } = image;
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0, p = 0; p < rgba.length; i += channels, p += 4) {
    for (let c = 0; c < Math.max(3, channels); c++) rgba[p + c] = data[channels === 1 ? i : i + c]!;
  }
  return { width, height, data: rgba };
}
