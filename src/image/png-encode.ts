import { encode } from "fast-png";
import { checkImage, type Image } from "./image.js";

/** A picture as a PNG file, lossless. */
export async function encodePng(image: Image): Promise<Uint8Array<ArrayBuffer>> {
  checkImage("encodePng", image);
  const { width, height, channels, data } = image;
  // A copy, because fast-png's result is the first part of a larger buffer.
  return new Uint8Array(encode({ width, height, channels, depth: 8, data }));
}
