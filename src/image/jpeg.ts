import { check } from "../errors.js";
import { checkPixels, type Image } from "./image.js";
import { type JpegHeader, readJpegHeader } from "./jpeg-header.js";
import { readPlanes } from "./jpeg-planes.js";
import { orient } from "./orient.js";
import { upsample } from "./upsample.js";

// To the bit what libjpeg-turbo decodes, and so Pillow and torchvision.

/** A block of 8 x 8 pixels takes at least one bit, so a byte of the file never holds more pixels than this. */
const MAX_PIXELS_PER_BYTE = 8 * 64;

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
  checkSampling(header, name);
  const planes = readFullPlanes(bytes, header, name);
  const channels = components.length === 1 ? 1 : 3;
  const data = channels === 1 ? planes[0]! : toRgb(planes, colourSpace(header));
  return orient({ width, height, channels, data }, orientation);
}

type ColourSpace = "ycc" | "rgb" | "ycck" | "cmyk";

/** libjpeg's guess of what several components mean. */
function colourSpace({ components, adobe, hasJfif }: JpegHeader): ColourSpace {
  if (components.length === 4) return adobe === undefined || adobe === 0 ? "cmyk" : "ycck";
  if (hasJfif) return "ycc";
  if (adobe !== undefined) return adobe === 0 ? "rgb" : "ycc";
  return String.fromCharCode(...components.map(({ id }) => id)) === "RGB" ? "rgb" : "ycc";
}

function checkSampling({ components }: JpegHeader, name: string): void {
  for (const key of ["across", "down"] as const) {
    const most = Math.max(...components.map((component) => component[key]));
    check(
      components.every((component) => most % component[key] === 0),
      () =>
        `${name}: JPEG sampling factors ${components.map((component) => component[key]).join(", ")}, of which one is no ` +
        "whole multiple of another, are not supported.",
    );
  }
}

function readFullPlanes(bytes: Uint8Array, header: JpegHeader, name: string): Uint8Array[] {
  const { width, height, components } = header;
  const maxAcross = Math.max(...components.map(({ across }) => across));
  const maxDown = Math.max(...components.map(({ down }) => down));
  return readPlanes(bytes, header, name).map((plane, c) =>
    upsample(plane, width, height, maxAcross / components[c]!.across, maxDown / components[c]!.down),
  );
}

// ITU-R BT.601 in 16-bit fixed point.
const fixed = (x: number): number => Math.round(x * 65536);
const [RED_CR, GREEN_CR, GREEN_CB, BLUE_CB] = [fixed(1.402), fixed(0.71414), fixed(0.34414), fixed(1.772)];
const HALF = 32768;

function toRgb([first, second, third, black]: Uint8Array[], colours: ColourSpace): Uint8Array {
  // The type clamps.
  const rgb = new Uint8ClampedArray(first!.length * 3);
  if (colours === "ycc" || colours === "ycck") {
    for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
      const y = first![i]!;
      const cb = second![i]! - 128;
      const cr = third![i]! - 128;
      rgb[p] = y + ((RED_CR * cr + HALF) >> 16);
      rgb[p + 1] = y + ((HALF - GREEN_CB * cb - GREEN_CR * cr) >> 16);
      rgb[p + 2] = y + ((BLUE_CB * cb + HALF) >> 16);
    }
    // The inks are what is missing to white.
    if (colours === "ycck") for (let p = 0; p < rgb.length; p++) rgb[p] = 255 - rgb[p]!;
  } else {
    for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
      rgb[p] = first![i]!;
      rgb[p + 1] = second![i]!;
      rgb[p + 2] = third![i]!;
    }
  }
  if (black) print(rgb, black);
  return new Uint8Array(rgb.buffer);
}

/** Cyan, magenta and yellow printed over black, in place. Files hold all four inverted, as Adobe began to do; so 255 is no ink. */
function print(inks: Uint8ClampedArray, black: Uint8Array): void {
  for (let i = 0, p = 0; p < inks.length; i++, p += 3) {
    const light = black[i]!;
    for (let c = p; c < p + 3; c++) {
      // Division by 255, rounded.
      const product = (255 - inks[c]!) * light + 128;
      inks[c] = light - (((product >> 8) + product) >> 8);
    }
  }
}
