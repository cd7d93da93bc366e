import { check } from "../errors.js";

/** A picture: 8-bit samples, rows from the top, pixels from the left, the channels of a pixel side by side. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 3 is red, green, blue, 4 has opacity (not premultiplied) after them. */
  readonly channels: 1 | 3 | 4;
  /** `height * width * channels` samples. */
  readonly data: Uint8Array;
}

/** Throws unless the picture's samples fill its sizes. */
export function checkImage(what: string, { width, height, channels, data }: Image): void {
  check(
    isSize(width) && isSize(height),
    () =>
      `${what}: a picture of ${width} x ${height} pixels; width and height must be whole numbers of 1 or more.`,
  );
  check(
    channels === 1 || channels === 3 || channels === 4,
    () => `${what}: a picture of ${channels} channels; it must be 1 (grey), 3 (RGB) or 4 (RGBA).`,
  );
  check(
    data.length === width * height * channels,
    () =>
      `${what}: ${data.length} samples do not fill ${width} x ${height} pixels of ${channels} channels, which take ${width * height * channels}.`,
  );
}

/** Whether a number may be a width or a height. */
export function isSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1;
}

/** Pixels a decoder accepts unless told otherwise: the memory of a picture is set by its header, not its file size. */
export const defaultMaxPixels = 100_000_000;

/** Throws for a picture whose header asks for more pixels than wanted. */
export function checkPixels(name: string, width: number, height: number, maxPixels: number): void {
  check(
    width * height <= maxPixels,
    () =>
      `${name}: ${width} x ${height} pixels are over the limit of ${maxPixels}. Raise the option maxPixels if the picture is to be trusted.`,
  );
}
