import { check } from "../errors.js";
import { unpack } from "../platform/unpack.js";
import { checkPixels, type Image } from "./image.js";
import { readChunks } from "./png-chunks.js";
import { unfilter } from "./png-filter.js";

// Hand-written rather than a library's because the inflated size has to be checked while inflating: a library that
// inflates first can be made to fill the memory by a picture of one pixel.

interface Header {
  readonly width: number;
  readonly height: number;
  /** Bits per sample. */
  readonly depth: number;
  readonly colour: number;
  readonly interlaced: boolean;
}

const INDEXED = 3;
/** By colour type (PNG 11.2.2): samples per pixel, and the depths they may have. */
const colourTypes: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  [INDEXED]: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/** Where the seven passes of an interlaced picture begin, and the steps between their pixels (PNG 8.2). */
const adam7 = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];
const wholePicture = [{ x: 0, y: 0, dx: 1, dy: 1 }];

/**
 * Decodes a PNG of any kind to 8 bits: grey to 1 channel, colour and palettes to 3, anything with transparency to 4.
 * Of 16-bit samples the upper byte is kept. Ancillary chunks (gamma, profiles, texts) are skipped unread.
 */
export async function decodePng(bytes: Uint8Array, name: string, maxPixels: number): Promise<Image> {
  let header: Header | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const packed: Uint8Array[] = [];
  for (const { type, data } of readChunks(bytes, name)) {
    check(
      (type === "IHDR") === !header,
      `${name}: a PNG file must begin with one IHDR chunk; here is ${type}.`,
    );
    if (type === "IHDR") header = readHeader(data, name, maxPixels);
    else if (type === "PLTE") palette = data;
    else if (type === "tRNS") transparency = data;
    else if (type === "IDAT") packed.push(data);
    else
      check(
        type === "IEND" || /^[a-z]/.test(type),
        `${name}: unknown critical PNG chunk ${JSON.stringify(type)}.`,
      );
  }
  const { colour, depth, interlaced, width, height } = header!;
  const passes = (interlaced ? adam7 : wholePicture).map((pass) => ({
    ...pass,
    columns: Math.max(0, Math.ceil((width - pass.x) / pass.dx)),
    rows: Math.max(0, Math.ceil((height - pass.y) / pass.dy)),
  }));
  const pixelBits = colourTypes[colour]!.samples * depth;
  const rowBytes = (columns: number): number =>
    columns === 0 ? 0 : 1 + Math.ceil((columns * pixelBits) / 8);
  const expected = passes.reduce((sum, { rows, columns }) => sum + rows * rowBytes(columns), 0);
  const { data: raw, more } = await unpack(packed, "deflate", expected, name);
  check(
    !more && raw.length === expected,
    () =>
      `${name}: ${width} x ${height} pixels take ${expected} bytes of PNG data, but ${more ? "more" : raw.length} are there.`,
  );

  const { channels, convert } = converter(header!, palette, transparency, name);
  const data = new Uint8Array(width * height * channels);
  let offset = 0;
  for (const { x, y, dx, dy, columns, rows } of passes) {
    const length = rowBytes(columns);
    let above: Uint8Array = new Uint8Array(length).subarray(1);
    for (let row = 0; row < rows && length > 0; row++, offset += length) {
      const line = raw.subarray(offset + 1, offset + length);
      unfilter(raw[offset]!, line, above, Math.max(1, pixelBits >> 3), name);
      convert(line, columns, data, ((y + row * dy) * width + x) * channels, dx * channels);
      above = line;
    }
  }
  return { width, height, channels, data };
}

function readHeader(data: Uint8Array, name: string, maxPixels: number): Header {
  check(data.length === 13, () => `${name}: the IHDR chunk of a PNG has 13 bytes, here ${data.length}.`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colour, compression, filter, interlace] = data.subarray(8) as unknown as number[];
  check(width > 0 && height > 0, () => `${name}: the PNG header says ${width} x ${height} pixels.`);
  check(
    colourTypes[colour!]?.depths.includes(depth!),
    () => `${name}: PNG colour type ${colour} with ${depth} bits per sample does not exist.`,
  );
  check(
    compression === 0 && filter === 0 && interlace! <= 1,
    () =>
      `${name}: PNG compression ${compression}, filter ${filter}, interlace ${interlace} are not all known.`,
  );
  checkPixels(name, width, height, maxPixels);
  return { width, height, depth: depth!, colour: colour!, interlaced: interlace === 1 };
}

interface Converter {
  readonly channels: 1 | 3 | 4;
  /** Converts the pixels of one row to 8-bit channels at `out[offset]`, `out[offset + step]`, ... */
  readonly convert: (row: Uint8Array, columns: number, out: Uint8Array, offset: number, step: number) => void;
}

function converter(
  { depth, colour }: Header,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
  name: string,
): Converter {
  const { samples } = colourTypes[colour]!;
  const sampleOf = (row: Uint8Array, i: number): number => {
    if (depth === 8) return row[i]!;
    if (depth === 16) return (row[2 * i]! << 8) | row[2 * i + 1]!;
    return (row[(i * depth) >> 3]! >> (8 - depth - ((i * depth) & 7))) & ((1 << depth) - 1);
  };

  if (colour === INDEXED) {
    check(
      palette && palette.length > 0 && palette.length % 3 === 0,
      `${name}: a PNG with a palette needs a PLTE chunk of whole colours.`,
    );
    const colours = palette.length / 3;
    check(
      (transparency?.length ?? 0) <= colours,
      () => `${name}: ${transparency!.length} transparent colours in a PNG palette of ${colours}.`,
    );
    const channels = transparency ? 4 : 3;
    return {
      channels,
      convert(row, columns, out, offset, step) {
        for (let i = 0; i < columns; i++, offset += step) {
          const index = sampleOf(row, i);
          check(
            index < colours,
            () => `${name}: PNG pixel of colour ${index}, where the palette has ${colours}.`,
          );
          for (let c = 0; c < 3; c++) out[offset + c] = palette[3 * index + c]!;
          if (transparency) out[offset + 3] = transparency[index] ?? 255;
        }
      },
    };
  }

  const toByte = depth === 16 ? 1 / 256 : 255 / ((1 << depth) - 1);
  const coloured = samples >= 3;
  // Without an opacity of its own the picture may name one colour that is transparent.
  const hasAlpha = samples === 2 || samples === 4;
  check(
    !transparency || (!hasAlpha && transparency.length === 2 * samples),
    () => `${name}: a tRNS chunk of ${transparency!.length} bytes does not fit PNG colour type ${colour}.`,
  );
  const key =
    transparency &&
    Array.from({ length: samples }, (_, c) => (transparency[2 * c]! << 8) | transparency[2 * c + 1]!);
  const channels = hasAlpha || key ? 4 : coloured ? 3 : 1;
  return {
    channels,
    convert(row, columns, out, offset, step) {
      if (depth === 8 && samples === channels && step === channels) {
        out.set(row, offset);
        return;
      }
      for (let i = 0; i < columns; i++, offset += step) {
        const first = i * samples;
        for (let c = 0; c < Math.min(channels, 3); c++)
          out[offset + c] = sampleOf(row, first + (coloured ? c : 0)) * toByte;
        if (hasAlpha) out[offset + 3] = sampleOf(row, first + samples - 1) * toByte;
        else if (key) out[offset + 3] = key.every((value, c) => value === sampleOf(row, first + c)) ? 0 : 255;
      }
    },
  };
}
