import { check } from "../errors.js";
import { readOrientation } from "./exif.js";

/** What the segments before the compressed data of a JPEG say. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  /** In the order of the frame header. */
  readonly components: readonly JpegComponent[];
  readonly hasJfif: boolean;
  /** The colour transform that the Adobe segment names: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobe?: number;
  /** How the camera was held (EXIF tag 274), 1 to 8; 1 is upright. */
  readonly orientation: number;
}

export interface JpegComponent {
  readonly id: number;
  /** Sampling factors: samples relative to the others. */
  readonly across: number;
  readonly down: number;
  /** The number of its quantization table. */
  readonly quantization: number;
}

const marker = {
  app0: 0xe0,
  app1: 0xe1,
  app14: 0xee,
  progressive: 0xc2,
  scan: 0xda,
  end: 0xd9,
};

/** What the frame header says. */
type Frame = Pick<JpegHeader, "width" | "height" | "progressive" | "components">;

/** A stretch of a JPEG file with a marker in front. */
export interface Segment {
  readonly type: number;
  readonly data: Uint8Array;
  /** Where the next one begins, or for a scan its compressed data. */
  readonly end: number;
}

/** The segment at an offset, fill bytes skipped. */
export function readSegment(bytes: Uint8Array, offset: number, name: string): Segment {
  check(
    bytes[offset] === 0xff,
    () => `${name}: no JPEG segment at byte ${offset}. The file is truncated or damaged.`,
  );
  let at = offset;
  while (bytes[at + 1] === 0xff) at++;
  const type = bytes[at + 1]!;
  if (type === marker.end) return { type, data: bytes.subarray(0, 0), end: at + 2 };
  const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
  const end = at + 2 + length;
  check(
    length >= 2 && end <= bytes.length,
    () =>
      `${name}: the JPEG segment at byte ${at} should take ${length} bytes, but the file ends before. It is truncated or damaged.`,
  );
  return { type, data: bytes.subarray(at + 4, end), end };
}

/** Reads the segments of a JPEG up to its first scan. */
export function readJpegHeader(bytes: Uint8Array, name: string): JpegHeader {
  let frame: Frame | undefined;
  let hasJfif = false;
  let adobe: number | undefined;
  let orientation = 1;
  for (let offset = 2; ; ) {
    const { type, data, end } = readSegment(bytes, offset, name);
    check(type !== marker.end, `${name}: the JPEG file ends before its pixels.`);
    if (type === marker.scan) break;
    if (type === marker.app0 && startsWith(data, "JFIF\0")) hasJfif = true;
    else if (type === marker.app1 && startsWith(data, "Exif\0\0"))
      orientation = readOrientation(data.subarray(6));
    else if (type === marker.app14 && startsWith(data, "Adobe") && data.length >= 12) adobe = data[11]!;
    else if (isFrame(type)) {
      check(!frame, `${name}: a JPEG with several frames is not supported.`);
      frame = readFrame(type, data, name);
    }
    offset = end;
  }
  check(frame, `${name}: the JPEG file has no frame header before its pixels.`);
  return { ...frame, hasJfif, ...(adobe !== undefined && { adobe }), orientation };
}

/** Frame headers are 0xc0 to 0xcf, but for three that mean something else: tables, an extension, arithmetic conditions. */
export function isFrame(type: number): boolean {
  return type >= 0xc0 && type <= 0xcf && type !== 0xc4 && type !== 0xc8 && type !== 0xcc;
}

function readFrame(type: number, data: Uint8Array, name: string): Frame {
  check(
    type <= marker.progressive,
    () =>
      `${name}: JPEG type 0x${type.toString(16)} (lossless or arithmetic coding) is not supported; baseline and progressive are.`,
  );
  const [precision, h1, h0, w1, w0, count] = data as unknown as number[];
  check(
    data.length >= 6 && data.length === 6 + 3 * count!,
    `${name}: the JPEG frame header has a wrong length.`,
  );
  check(precision === 8, () => `${name}: ${precision}-bit JPEG samples are not supported; 8-bit ones are.`);
  const width = (w1! << 8) | w0!;
  const height = (h1! << 8) | h0!;
  check(width > 0 && height > 0, () => `${name}: the JPEG header says ${width} x ${height} pixels.`);
  check(
    count === 1 || count === 3 || count === 4,
    () => `${name}: a JPEG of ${count} colour components; 1, 3 and 4 are supported.`,
  );
  const components = Array.from({ length: count }, (_, c) => {
    const [id, sampling, quantization] = data.subarray(6 + 3 * c) as unknown as number[];
    const across = sampling! >> 4;
    const down = sampling! & 15;
    check(
      across >= 1 && across <= 4 && down >= 1 && down <= 4,
      () => `${name}: JPEG sampling factors ${across} x ${down} are outside 1 to 4.`,
    );
    return { id: id!, across, down, quantization: quantization! };
  });
  check(
    new Set(components.map(({ id }) => id)).size === count,
    `${name}: two JPEG colour components have one name.`,
  );
  return { width, height, progressive: type === marker.progressive, components };
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return bytes.length >= text.length && [...text].every((char, i) => bytes[i] === char.charCodeAt(0));
}
