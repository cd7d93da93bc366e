import { check, checkFlags, checkOptions } from "../errors.js";
import { checkImage, type Image, isSize } from "./image.js";

export type ResizeMethod = "nearest" | "bilinear" | "bicubic";

export interface ResizeOptions {
  readonly width: number;
  readonly height: number;
  /** Default "bilinear". */
  readonly method?: ResizeMethod;
  /** Default true: when shrinking, average over all the pixels that a new one covers. */
  readonly antialias?: boolean;
}

interface Filter {
  /** How far from its centre the filter reaches, in pixels. */
  readonly support: number;
  readonly weight: (x: number) => number;
}

const filters: Readonly<Record<"bilinear" | "bicubic", Filter>> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: (x) => cubic(Math.abs(x)) },
};

/** Keys' cubic convolution with a = -0.5. */
function cubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

// Weights are whole numbers of 2^-22: 8 bits of sample, 2 of headroom for negative weights, in 32.
const PRECISION_BITS = 32 - 8 - 2;

/**
 * A picture in another size, as Pillow resizes it, to the bit: along rows, then along columns, each pass rounded to 8
 * bits. Colours of transparent pixels count by their opacity.
 */
export function resize(image: Image, options: ResizeOptions): Image {
  return resizePart(image, options);
}

/** A rectangle. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part of the picture that {@link resize} gives, all of it if left out, without the work for the rest. */
export function resizePart(image: Image, options: ResizeOptions, rectangle?: Rectangle): Image {
  checkImage("resize", image);
  checkOptions("resize", options, ["width", "height", "method", "antialias"]);
  const { width, height, method = "bilinear", antialias = true } = options;
  check(
    isSize(width) && isSize(height),
    () => `resize: the size ${width} x ${height} must be whole numbers of 1 or more.`,
  );
  check(
    method === "nearest" || method in filters,
    () => `resize: unknown method "${method}". It takes: nearest, ${Object.keys(filters).join(", ")}.`,
  );
  checkFlags("resize", { antialias });
  const part = rectangle ?? { x: 0, y: 0, width, height };
  if (method === "nearest") return nearest(image, width, height, part);
  if (!rectangle && width === image.width && height === image.height) return image;
  const filter = filters[method];
  const { channels } = image;
  const down = weigh(filter, image.height, height, antialias);
  // The rows that the part's look at.
  const top = down.first[part.y]!;
  const last = part.y + part.height - 1;
  const rows = down.first[last]! + down.count[last]! - top;
  const seen = image.data.subarray(top * image.width * channels, (top + rows) * image.width * channels);
  let data = channels === 4 ? premultiplied(seen) : seen;
  if (width !== image.width || part.width !== width) {
    data = alongRows(data, channels, image.width, rows, part, weigh(filter, image.width, width, antialias));
  }
  if (height !== image.height || part.height !== height) {
    data = alongColumns(data, part.width * channels, top, part, down);
  }
  return {
    width: part.width,
    height: part.height,
    channels,
    data: channels === 4 ? unpremultiplied(data) : data,
  };
}

/** For every new pixel: the first old one it looks at, how many, and their weights. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `most` weights for each new pixel, of which `count` are used. */
  readonly weights: Int32Array;
  readonly most: number;
}

function weigh({ support, weight }: Filter, from: number, to: number, antialias: boolean): Taps {
  const step = from / to;
  const scale = antialias ? Math.max(1, step) : 1;
  const reach = support * scale;
  const most = Math.ceil(reach) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * most);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * step;
    const begin = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(from, Math.trunc(centre + reach + 0.5));
    const exact = Array.from({ length: end - begin }, (_, k) =>
      weight((begin + k - centre + 0.5) * (1 / scale)),
    );
    const sum = exact.reduce((total, value) => total + value, 0);
    first[i] = begin;
    count[i] = exact.length;
    exact.forEach((value, k) => {
      const fixed = (value / sum) * 2 ** PRECISION_BITS;
      weights[i * most + k] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    });
  }
  return { first, count, weights, most };
}

function alongRows(
  data: Uint8Array,
  channels: number,
  from: number,
  rows: number,
  part: Rectangle,
  taps: Taps,
): Uint8Array {
  const { first, count, weights, most } = taps;
  // The type clamps what negative weights push out of range.
  const result = new Uint8ClampedArray(rows * part.width * channels);
  const half = 1 << (PRECISION_BITS - 1);
  for (let y = 0, out = 0; y < rows; y++) {
    for (let x = part.x; x < part.x + part.width; x++, out += channels) {
      const begin = (y * from + first[x]!) * channels;
      const last = x * most + count[x]!;
      if (channels === 3) {
        // The colours of a pixel at once, for one pass over the weights.
        let [red, green, blue] = [half, half, half];
        for (let k = x * most, p = begin; k < last; k++, p += 3) {
          const weight = weights[k]!;
          red += data[p]! * weight;
          green += data[p + 1]! * weight;
          blue += data[p + 2]! * weight;
        }
        result[out] = red >> PRECISION_BITS;
        result[out + 1] = green >> PRECISION_BITS;
        result[out + 2] = blue >> PRECISION_BITS;
        continue;
      }
      for (let c = 0; c < channels; c++) {
        let sum = half;
        for (let k = x * most, p = begin + c; k < last; k++, p += channels) sum += data[p]! * weights[k]!;
        result[out + c] = sum >> PRECISION_BITS;
      }
    }
  }
  return new Uint8Array(result.buffer);
}

/** `top`: the row of the picture that the data begin with. */
function alongColumns(
  data: Uint8Array,
  rowLength: number,
  top: number,
  part: Rectangle,
  taps: Taps,
): Uint8Array {
  const { first, count, weights, most } = taps;
  const result = new Uint8ClampedArray(part.height * rowLength);
  const sums = new Int32Array(rowLength);
  for (let y = part.y, out = 0; y < part.y + part.height; y++, out += rowLength) {
    sums.fill(1 << (PRECISION_BITS - 1));
    // Row by row, so that memory is read in order.
    for (let k = 0; k < count[y]!; k++) {
      const weight = weights[y * most + k]!;
      const row = (first[y]! + k - top) * rowLength;
      for (let i = 0; i < rowLength; i++) sums[i] = sums[i]! + data[row + i]! * weight;
    }
    for (let i = 0; i < rowLength; i++) result[out + i] = sums[i]! >> PRECISION_BITS;
  }
  return new Uint8Array(result.buffer);
}

function nearest(
  { width: from, height: fromHeight, channels, data }: Image,
  width: number,
  height: number,
  part: Rectangle,
): Image {
  const result = new Uint8Array(part.width * part.height * channels);
  for (let y = part.y, out = 0; y < part.y + part.height; y++) {
    const row = Math.floor(((y + 0.5) * fromHeight) / height) * from;
    for (let x = part.x; x < part.x + part.width; x++, out += channels) {
      const p = (row + Math.floor(((x + 0.5) * from) / width)) * channels;
      for (let c = 0; c < channels; c++) result[out + c] = data[p + c]!;
    }
  }
  return { width: part.width, height: part.height, channels, data: result };
}

function premultiplied(rgba: Uint8Array): Uint8Array {
  const result = rgba.slice();
  for (let p = 0; p < result.length; p += 4) {
    for (let c = 0; c < 3; c++) {
      const product = result[p + c]! * result[p + 3]! + 128;
      // Division by 255, rounded.
      result[p + c] = ((product >> 8) + product) >> 8;
    }
  }
  return result;
}

function unpremultiplied(rgba: Uint8Array): Uint8Array {
  for (let p = 0; p < rgba.length; p += 4) {
    const alpha = rgba[p + 3]!;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = 0; c < 3; c++) rgba[p + c] = Math.min(255, Math.trunc((255 * rgba[p + c]!) / alpha));
  }
  return rgba;
}
