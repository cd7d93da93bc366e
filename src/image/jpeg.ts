import decode from "jpeg-js/lib/decoder.js";
import { check, FeatureMapError } from "../errors.js";
import { checkPixels, type Image } from "./image.js";
import { type JpegHeader, readJpegHeader } from "./jpeg-header.js";
import { orient } from "./orient.js";
import { upsample } from "./upsample.js";

// jpeg-js does the entropy coding and the cosine transform. The colours are made here, as libjpeg makes them (and so
// Pillow and browsers do): chroma interpolated where jpeg-js repeats it, and rounded where jpeg-js cuts off.

/** A block of 8 x 8 pixels takes at least one bit, so a byte of the file never holds more pixels than this. */
const MAX_PIXELS_PER_BYTE = 8 * 64;
/** What jpeg-js takes for one sample: coefficients of 4 bytes in arrays of 64, the plane, and the result. */
const DECODER_BYTES_PER_SAMPLE = 10;

/** Decodes a baseline or progressive JPEG: grey to 1 channel, colour to 3. EXIF orientation is applied. */
export function decodeJpeg(bytes: Uint8Array, name: string, maxPixels: number): Image {
  const header = readJpegHeader(bytes, name);
  const { width, height, components, orientation } = header;
  checkPixels(name, width, height, maxPixels);
  check(
    width * height <= bytes.length * MAX_PIXELS_PER_BYTE + 64,
    () =>
      `${name}: ${bytes.length} bytes cannot hold the ${width} x ${height} pixels of the JPEG header. The file is truncated.`,
  );
  const colours = colourSpace(header);
  const decoded = runDecoder(bytes, header, name);
  const data =
    components.length === 1 ? firstChannel(decoded) : colours === "ycc" ? fromYcc(decoded, header) : decoded;
  return orient({ width, height, channels: components.length === 1 ? 1 : 3, data }, orientation);
}

/** libjpeg's guess of what the components mean. */
function colourSpace({ components, adobe, hasJfif }: JpegHeader): "grey" | "ycc" | "rgb" | "cmyk" {
  if (components.length === 1) return "grey";
  if (components.length === 4) return "cmyk";
  if (hasJfif) return "ycc";
  if (adobe) return adobe.transform === 0 ? "rgb" : "ycc";
  return String.fromCharCode(...components.map(({ id }) => id)) === "RGB" ? "rgb" : "ycc";
}

function runDecoder(
  bytes: Uint8Array,
  { width, height, components, adobe }: JpegHeader,
  name: string,
): Uint8Array {
  let input = bytes;
  if (components.length === 3 && adobe) {
    // jpeg-js would let the Adobe segment overrule the option that keeps the components as they are.
    input = bytes.slice();
    input[adobe.offset] = 0;
  }
  const samples = (width + 32) * (height + 32) * components.length;
  try {
    const decoded = decode(input, {
      ...(components.length === 3 && { colorTransform: false }),
      formatAsRGBA: false,
      useTArray: true,
      tolerantDecoding: false,
      maxResolutionInMP: Infinity,
      maxMemoryUsageInMB: 1 + (samples * DECODER_BYTES_PER_SAMPLE) / 2 ** 20,
    });
    check(
      decoded.width === width && decoded.height === height,
      `${name}: the JPEG has two frames of different sizes.`,
    );
    return decoded.data;
  } catch (error) {
    if (error instanceof FeatureMapError) throw error;
    // jpeg-js runs into undefined values where data are missing; only its own messages tell a reader something.
    const reason = error instanceof Error && error.constructor === Error ? ` (${error.message})` : "";
    throw new FeatureMapError(`${name}: the JPEG data are damaged or truncated${reason}.`, { cause: error });
  }
}

function firstChannel(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < grey.length; i++) grey[i] = rgb[3 * i]!;
  return grey;
}

/** Luma and chroma side by side, the chroma repeated to full size, as red, green and blue: in place. */
function fromYcc(data: Uint8Array, header: JpegHeader): Uint8Array {
  const blue = chroma(data, header, 1);
  const red = chroma(data, header, 2);
  // ITU-R BT.601 in 16-bit fixed point.
  const fixed = (x: number): number => Math.round(x * 65536);
  const [redCr, greenCr, greenCb, blueCb] = [fixed(1.402), fixed(0.71414), fixed(0.34414), fixed(1.772)];
  const half = 32768;
  const rgb = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  for (let i = 0, p = 0; i < blue.length; i++, p += 3) {
    const y = data[p]!;
    const cb = blue[i]! - 128;
    const cr = red[i]! - 128;
    rgb[p] = y + ((redCr * cr + half) >> 16);
    rgb[p + 1] = y + ((half - greenCb * cb - greenCr * cr) >> 16);
    rgb[p + 2] = y + ((blueCb * cb + half) >> 16);
  }
  return data;
}

/** One component at full size. Where it was stored at half the size, what jpeg-js repeated is interpolated instead. */
function chroma(data: Uint8Array, { width, height, components }: JpegHeader, c: number): Uint8Array {
  const factor = (key: "across" | "down"): 1 | 2 =>
    Math.max(...components.map((component) => component[key])) === 2 * components[c]![key] ? 2 : 1;
  // libjpeg leaves planes of one or two columns alone.
  const tiny = factor("across") === 2 && width <= 4;
  const dx = tiny ? 1 : factor("across");
  const dy = tiny ? 1 : factor("down");
  const plane = { width: Math.ceil(width / dx), height: Math.ceil(height / dy) };
  const stored = new Uint8Array(plane.width * plane.height);
  for (let y = 0, i = 0; y < plane.height; y++) {
    for (let x = 0; x < plane.width; x++, i++) stored[i] = data[(y * dy * width + x * dx) * 3 + c]!;
  }
  return upsample({ ...plane, data: stored }, width, height, dx, dy);
}
