import { check } from "../errors.js";

/** What the segments before the compressed data of a JPEG say. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** In the order of the frame header. `across` and `down` are the sampling factors: samples relative to the others. */
  readonly components: readonly { readonly id: number; readonly across: number; readonly down: number }[];
  readonly hasJfif: boolean;
  /** The colour transform of the Adobe segment: its offset in the file, and 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobe?: { readonly offset: number; readonly transform: number };
  /** How the camera was held (EXIF tag 274), 1 to 8; 1 is upright. */
  readonly orientation: number;
}

const marker = {
  app0: 0xe0,
  app1: 0xe1,
  app14: 0xee,
  frame: 0xc0,
  progressive: 0xc2,
  scan: 0xda,
  image: 0xd8,
  end: 0xd9,
};

/** Reads the segments of a JPEG up to its first scan. */
export function readJpegHeader(bytes: Uint8Array, name: string): JpegHeader {
  let frame: Pick<JpegHeader, "width" | "height" | "components"> | undefined;
  let hasJfif = false;
  let adobe: JpegHeader["adobe"];
  let orientation = 1;
  for (let offset = 2; ; ) {
    check(
      bytes[offset] === 0xff,
      () => `${name}: no JPEG segment at byte ${offset}. The file is truncated or damaged.`,
    );
    const type = bytes[offset + 1]!;
    // Any number of 0xff may stand before a marker.
    if (type === 0xff) {
      offset++;
      continue;
    }
    check(type !== marker.end, `${name}: the JPEG file ends before its pixels.`);
    const length = (bytes[offset + 2]! << 8) | bytes[offset + 3]!;
    const data = bytes.subarray(offset + 4, offset + 2 + length);
    check(
      length >= 2 && data.length === length - 2,
      () =>
        `${name}: the JPEG segment at byte ${offset} should take ${length} bytes, but the file ends before. It is truncated or damaged.`,
    );
    if (type === marker.scan) break;
    if (type === marker.app0 && startsWith(data, "JFIF\0")) hasJfif = true;
    else if (type === marker.app1 && startsWith(data, "Exif\0\0"))
      orientation = readOrientation(data.subarray(6));
    else if (type === marker.app14 && startsWith(data, "Adobe") && data.length >= 12) {
      adobe = { offset: offset + 4 + 11, transform: data[11]! };
    } else if (isFrame(type)) {
      check(!frame, `${name}: a JPEG with several frames is not supported.`);
      frame = readFrame(type, data, name);
    }
    offset += 2 + length;
  }
  check(frame, `${name}: the JPEG file has no frame header before its pixels.`);
  return { ...frame, hasJfif, ...(adobe && { adobe }), orientation };
}

/** Frame headers are 0xc0 to 0xcf, but for three that mean something else: tables, an extension, arithmetic conditions. */
function isFrame(type: number): boolean {
  return type >= 0xc0 && type <= 0xcf && type !== 0xc4 && type !== 0xc8 && type !== 0xcc;
}

function readFrame(
  type: number,
  data: Uint8Array,
  name: string,
): Pick<JpegHeader, "width" | "height" | "components"> {
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
    const [id, sampling] = data.subarray(6 + 3 * c) as unknown as number[];
    const across = sampling! >> 4;
    const down = sampling! & 15;
    check(
      across >= 1 && across <= 4 && down >= 1 && down <= 4,
      () => `${name}: JPEG sampling factors ${across} x ${down} are outside 1 to 4.`,
    );
    return { id: id!, across, down };
  });
  check(
    new Set(components.map(({ id }) => id)).size === count,
    `${name}: two JPEG colour components have one name.`,
  );
  return { width, height, components };
}

/** The orientation tag of EXIF data, which are a TIFF file; upright where there is none or the data are damaged. */
function readOrientation(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const upright = 1;
  if (tiff.length < 8) return upright;
  const little = startsWith(tiff, "II");
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return upright;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.length) return upright;
    if (view.getUint16(entry, little) !== 274) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : upright;
  }
  return upright;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return bytes.length >= text.length && [...text].every((char, i) => bytes[i] === char.charCodeAt(0));
}
