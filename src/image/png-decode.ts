import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";
import { FeatureMapError } from "../errors.js";
import { pack } from "../platform/unpack.js";
import type { Image } from "./image.js";
import { orient } from "./orient.js";
import { joinChunks } from "./png-chunks.js";
import { INDEXED, type PngParts, readPng } from "./png-read.js";

/**
 * Decodes a PNG of any kind to 8 bits: grey to 1 channel, colour and palettes to 3, anything with transparency to 4.
 * Of 16-bit samples the upper byte is kept. EXIF orientation is applied; other ancillary chunks (gamma, profiles, texts)
 * are skipped unread.
 */
export async function decodePng(bytes: Uint8Array, name: string, maxPixels: number): Promise<Image> {
  const parts = await readPng(bytes, name, maxPixels);
  const { interlaced, depth } = parts.header;
  try {
    const image =
      interlaced && depth < 8 ? await decodePasses(parts) : decodeParts(parts, parts.ihdr, parts.packed);
    return orient(image, parts.orientation);
  } catch (error) {
    throw new FeatureMapError(`${name}: this PNG cannot be decoded: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/**
 * fast-png 8.0.0 takes each sample of an interlaced picture for at least one byte. But every pass is itself a picture,
 * not interlaced, and those it decodes.
 */
async function decodePasses(parts: PngParts): Promise<Image> {
  const { header, ihdr, passes, raw } = parts;
  const { width, height } = header;
  let whole: Image | undefined;
  let offset = 0;
  for (const { x, y, dx, dy, columns, rows, bytes } of passes) {
    if (bytes === 0) continue;
    const own = ihdr.slice();
    const view = new DataView(own.buffer);
    view.setUint32(0, columns);
    view.setUint32(4, rows);
    view.setUint8(12, 0);
    const { channels, data } = decodeParts(parts, own, [await pack(raw.subarray(offset, offset + bytes))]);
    offset += bytes;
    whole ??= { width, height, channels, data: new Uint8Array(width * height * channels) };
    for (let row = 0, from = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const to = ((y + row * dy) * width + x + column * dx) * channels;
        for (let c = 0; c < channels; c++) whole.data[to + c] = data[from++]!;
      }
    }
  }
  return whole!;
}

/**
 * Shows fast-png the few chunks that it needs, not the file: it would inflate a colour profile of any size, and take
 * long over thousands of small IDAT chunks.
 */
function decodeParts(
  { header, palette, transparency }: PngParts,
  ihdr: Uint8Array,
  packed: readonly Uint8Array[],
): Image {
  const indexed = header.colour === INDEXED;
  const decoded = decode(
    joinChunks([
      { type: "IHDR", data: [ihdr] },
      ...(palette ? [{ type: "PLTE", data: [palette] }] : []),
      // It does nothing with a transparent colour, and refuses one that has more samples than the picture has pixels.
      ...(indexed && transparency ? [{ type: "tRNS", data: [transparency] }] : []),
      { type: "IDAT", data: packed },
      { type: "IEND", data: [] },
    ]),
  );
  const key = indexed || !transparency ? undefined : samplesOf(transparency);
  const colours = decoded.palette ?? (decoded.depth < 8 ? greys(decoded.depth, key?.[0]) : undefined);
  if (!colours) return toBytes(decoded, key);
  const { width, height } = decoded;
  const channels = colours[0]!.length as Image["channels"];
  return { width, height, channels, data: convertIndexedToRgb({ ...decoded, palette: colours }) };
}

/** The transparent colour of a tRNS chunk. */
function samplesOf(transparency: Uint8Array): number[] {
  const view = new DataView(transparency.buffer, transparency.byteOffset, transparency.byteLength);
  return Array.from({ length: transparency.length / 2 }, (_, i) => view.getUint16(2 * i));
}

/** The palette that samples of fewer than 8 bits amount to; with opacity if one of them is transparent. */
function greys(depth: number, transparent: number | undefined): number[][] {
  const most = 2 ** depth - 1;
  return Array.from({ length: most + 1 }, (_, i) => {
    const grey = (i * 255) / most;
    return transparent === undefined ? [grey] : [grey, grey, grey, i === transparent ? 0 : 255];
  });
}

/** Samples of 8 or 16 bits, of 1 to 4 channels, as 8 bits of 1, 3 or 4 channels. */
function toBytes(
  { width, height, depth, channels: samples, data }: DecodedPng,
  key: readonly number[] | undefined,
): Image {
  const coloured = samples >= 3;
  const hasAlpha = samples % 2 === 0;
  const channels = hasAlpha || key ? 4 : coloured ? 3 : 1;
  if (depth === 8 && samples === channels) return { width, height, channels, data: data as Uint8Array };
  const shift = depth - 8;
  const bytes = new Uint8Array(width * height * channels);
  for (let from = 0, to = 0; to < bytes.length; from += samples, to += channels) {
    for (let c = 0; c < Math.min(channels, 3); c++) bytes[to + c] = data[from + (coloured ? c : 0)]! >> shift;
    if (hasAlpha) bytes[to + 3] = data[from + samples - 1]! >> shift;
    else if (key) bytes[to + 3] = key.every((value, c) => value === data[from + c]) ? 0 : 255;
  }
  return { width, height, channels, data: bytes };
}
