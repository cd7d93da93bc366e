import { readFile } from "#platform";
import { check } from "../errors.js";
import { fetchBytes, nameOf } from "../platform/fetch-bytes.js";
import { type DecodeOptions, decodeImage } from "./decode.js";
import type { Image } from "./image.js";
import { isPixels, type PixelSource, toImage } from "./pixels.js";

/**
 * A file's path (in a page an address relative to it), an address, a file's bytes, or what a file input holds; and what a
 * page shows: see {@link toImage}.
 */
export type ImageSource = string | URL | Uint8Array | ArrayBuffer | Blob | PixelSource;

/** Reads and decodes a PNG or JPEG picture, or takes the pixels of what a page shows. */
export async function readImage(source: ImageSource, options?: DecodeOptions): Promise<Image> {
  if (typeof source === "object" && isPixels(source)) return toImage(source);
  const { bytes, name } = await bytesOf(source);
  return decodeImage(bytes, name, options);
}

async function bytesOf(
  source: Exclude<ImageSource, PixelSource>,
): Promise<{ bytes: Uint8Array | ArrayBuffer; name?: string }> {
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return { bytes: source };
  if (source instanceof Blob)
    return { bytes: await source.arrayBuffer(), ...("name" in source && { name: `${source.name}` }) };
  const text = String(source);
  const name = nameOf(text);
  if (!/^(https?|data|blob):/i.test(text)) {
    return { bytes: await readFile(/^file:/i.test(text) ? new URL(text) : text), name };
  }
  const bytes = await fetchBytes(text);
  check(bytes, () => `${name}: there is nothing at this address. Check it.`);
  return { bytes, name };
}
