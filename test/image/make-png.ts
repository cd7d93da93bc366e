import { pack } from "../../src/platform/unpack.js";

/** The checksum of PNG chunks, bit by bit as the specification defines it. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

export function bytesOf(...values: (number | Uint8Array | number[])[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => (typeof value === "number" ? [value] : [...value])));
}

export function uint32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

export function chunk(type: string, data: ArrayLike<number> = []): Uint8Array {
  const typed = bytesOf(
    [...type].map((char) => char.charCodeAt(0)),
    Array.from(data),
  );
  return bytesOf(uint32(data.length), typed, uint32(crc32(typed)));
}

export const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function header(
  width: number,
  height: number,
  depth: number,
  colour: number,
  interlace = 0,
): Uint8Array {
  return chunk("IHDR", [...uint32(width), ...uint32(height), depth, colour, 0, 0, interlace]);
}

export interface PngSpec {
  width: number;
  height: number;
  depth: number;
  colour: number;
  interlaced?: boolean;
  /** Samples of one pixel. */
  pixel: (x: number, y: number) => number[];
  palette?: number[];
  transparency?: number[];
}

/** A PNG of the given pixels; its rows go through all the filters in turn. */
export async function makePng(spec: PngSpec): Promise<Uint8Array> {
  const { width, height, depth, colour, interlaced = false, pixel, palette, transparency } = spec;
  const raw: number[] = [];
  // The Adam7 pattern as the specification draws it: the pass of each pixel of an 8 x 8 tile.
  const tile = [
    "16462646",
    "77777777",
    "56565656",
    "77777777",
    "36463646",
    "77777777",
    "56565656",
    "77777777",
  ];
  for (const pass of interlaced ? "1234567" : "0") {
    const bytesPerPixel = Math.max(1, (pixel(0, 0).length * depth) / 8);
    let above: number[] = [];
    let filter = 0;
    for (let y = 0; y < height; y++) {
      const samples: number[] = [];
      for (let x = 0; x < width; x++) {
        if (!interlaced || tile[y % 8]![x % 8] === pass) samples.push(...pixel(x, y));
      }
      if (samples.length === 0) continue;
      const bits = samples.map((sample) => sample.toString(2).padStart(depth, "0")).join("");
      const row = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
      raw.push(
        filter,
        ...row.map((byte, i) => {
          const left = row[i - bytesPerPixel] ?? 0;
          const up = above[i] ?? 0;
          const corner = above[i - bytesPerPixel] ?? 0;
          const estimate = left + up - corner;
          const nearest = [left, up, corner].sort(
            (a, b) => Math.abs(estimate - a) - Math.abs(estimate - b),
          )[0]!;
          return (byte - [0, left, up, Math.floor((left + up) / 2), nearest][filter]!) & 255;
        }),
      );
      above = row;
      filter = (filter + 1) % 5;
    }
  }
  const packed = await pack(Uint8Array.from(raw));
  // Two data chunks, cut where it hurts.
  const cut = Math.min(1, packed.length);
  return bytesOf(
    signature,
    header(width, height, depth, colour, interlaced ? 1 : 0),
    palette ? chunk("PLTE", palette) : [],
    transparency ? chunk("tRNS", transparency) : [],
    chunk("tEXt", [65, 0, 66]),
    chunk("IDAT", packed.subarray(0, cut)),
    chunk("IDAT", packed.subarray(cut)),
    chunk("IEND"),
  );
}
