import { check } from "../errors.js";
import { unpack } from "../platform/unpack.js";
import { readOrientation } from "./exif.js";
import { checkPixels } from "./image.js";
import { readChunks } from "./png-chunks.js";

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample. */
  readonly depth: number;
  readonly colour: number;
  readonly interlaced: boolean;
}

/** What a picture is made of, found to be sound: what is left to go wrong is a row's filter or a colour's number. */
export interface PngParts {
  readonly header: PngHeader;
  /** The data of the chunk IHDR. */
  readonly ihdr: Uint8Array;
  /** The data of PLTE, where the pixels are numbers of colours. */
  readonly palette: Uint8Array | undefined;
  /** The data of tRNS. */
  readonly transparency: Uint8Array | undefined;
  /** How the camera was held, 1 to 8, by the chunk eXIf; 1 is upright. */
  readonly orientation: number;
  /** The compressed rows. */
  readonly packed: readonly Uint8Array[];
  /** The rows, each after the number of its filter: as many as the header asks for. */
  readonly raw: Uint8Array;
  readonly passes: readonly Pass[];
}

/** A part of the picture with rows of its own: one of the seven of an interlaced picture, otherwise all of it. */
export interface Pass {
  /** The first pixel, and the steps to the next ones. */
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly columns: number;
  readonly rows: number;
  /** Its length in the inflated data. */
  readonly bytes: number;
}

export const INDEXED = 3;
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
 * Checks a PNG and takes it apart. Its data are inflated here, but no further than the header allows: a decoder that
 * inflates first can be made to fill the memory by a picture of one pixel. Other ancillary chunks are skipped unread.
 */
export async function readPng(bytes: Uint8Array, name: string, maxPixels: number): Promise<PngParts> {
  let header: PngHeader | undefined;
  let ihdr: Uint8Array | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let orientation = 1;
  const packed: Uint8Array[] = [];
  for (const { type, data } of readChunks(bytes, name)) {
    check(
      (type === "IHDR") === !header,
      `${name}: a PNG file must begin with one IHDR chunk; here is ${type}.`,
    );
    if (type === "IHDR") {
      header = readHeader(data, name, maxPixels);
      ihdr = data;
    } else if (type === "PLTE") palette = data;
    else if (type === "tRNS") transparency = data;
    else if (type === "eXIf") orientation = readOrientation(data);
    else if (type === "IDAT") packed.push(data);
    else
      check(
        type === "IEND" || /^[a-z]/.test(type),
        `${name}: unknown critical PNG chunk ${JSON.stringify(type)}.`,
      );
  }
  const { width, height, colour } = header!;
  if (colour !== INDEXED) palette = undefined; // A proposal for screens of few colours.
  checkColours(colour, palette, transparency, name);
  const passes = passesOf(header!);
  const expected = passes.reduce((sum, pass) => sum + pass.bytes, 0);
  const { data: raw, more } = await unpack(packed, "deflate", expected, name);
  check(
    !more && raw.length === expected,
    () =>
      `${name}: ${width} x ${height} pixels take ${expected} bytes of PNG data, but ${more ? "more" : raw.length} are there.`,
  );
  return { header: header!, ihdr: ihdr!, palette, transparency, orientation, packed, raw, passes };
}

function readHeader(data: Uint8Array, name: string, maxPixels: number): PngHeader {
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

function checkColours(
  colour: number,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
  name: string,
): void {
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
    return;
  }
  // Without an opacity of its own the picture may name one colour that is transparent.
  const { samples } = colourTypes[colour]!;
  check(
    !transparency || (samples % 2 === 1 && transparency.length === 2 * samples),
    () => `${name}: a tRNS chunk of ${transparency!.length} bytes does not fit PNG colour type ${colour}.`,
  );
}

function passesOf({ width, height, depth, colour, interlaced }: PngHeader): Pass[] {
  const pixelBits = colourTypes[colour]!.samples * depth;
  return (interlaced ? adam7 : wholePicture).map((pass) => {
    const columns = Math.max(0, Math.ceil((width - pass.x) / pass.dx));
    const rows = Math.max(0, Math.ceil((height - pass.y) / pass.dy));
    const rowBytes = columns === 0 ? 0 : 1 + Math.ceil((columns * pixelBits) / 8);
    return { ...pass, columns, rows, bytes: rows * rowBytes };
  });
}
