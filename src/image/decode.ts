import { check, checkOptions, FeatureMapError } from "../errors.js";
import { defaultMaxPixels, type Image } from "./image.js";
import { decodeJpeg } from "./jpeg.js";
import { pngSignature } from "./png-chunks.js";
import { decodePng } from "./png-decode.js";

export interface DecodeOptions {
  /** Pictures of more pixels are refused. Default 100 million. */
  readonly maxPixels?: number;
}

/**
 * Decodes a PNG or JPEG file, told apart by their first bytes: grey to 1 channel, colour to 3, transparency to 4.
 * A JPEG is turned upright as its EXIF orientation says.
 * @param name of the file, for errors
 * @throws FeatureMapError for a damaged, truncated or lying file; a picture is never decoded in part
 */
export async function decodeImage(
  bytes: Uint8Array | ArrayBuffer,
  name = "image",
  options: DecodeOptions = {},
): Promise<Image> {
  checkOptions("decodeImage", options, ["maxPixels"]);
  const { maxPixels = defaultMaxPixels } = options;
  check(maxPixels >= 1, () => `decodeImage: maxPixels must be 1 or more, not ${maxPixels}.`);
  const file = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  if (startsWith(file, pngSignature)) return decodePng(file, name, maxPixels);
  if (startsWith(file, [0xff, 0xd8])) return decodeJpeg(file, name, maxPixels);
  throw new FeatureMapError(
    `${name}: ${describe(file)}. PNG and JPEG pictures can be decoded; convert it to one of them.`,
  );
}

/** First bytes of files that people take for pictures. */
const others: readonly (readonly [start: string, name: string])[] = [
  ["GIF8", "a GIF picture"],
  ["BM", "a BMP picture"],
  ["II*\0", "a TIFF picture"],
  ["MM\0*", "a TIFF picture"],
  ["RIFF", "a WebP picture or another RIFF file"],
  ["\0\0\x01\0", "an icon"],
  ["8BPS", "a Photoshop picture"],
  ["%PDF", "a PDF document"],
  ["<svg", "an SVG drawing"],
  ["<", "HTML or XML text, perhaps an error page of a server"],
  ["{", "JSON text"],
];

function describe(file: Uint8Array): string {
  if (file.length === 0) return "the file is empty";
  const start = String.fromCharCode(...file.subarray(0, 12));
  if (start.slice(4, 8) === "ftyp") return "this is an AVIF or HEIC picture or a film";
  const known = others.find(([prefix]) => start.startsWith(prefix));
  if (known) return `this is ${known[1]}`;
  const hex = Array.from(file.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return `this is not a picture known here: it begins with the bytes ${hex.join(" ")}`;
}

function startsWith(file: Uint8Array, start: readonly number[]): boolean {
  return file.length >= start.length && start.every((byte, i) => file[i] === byte);
}
