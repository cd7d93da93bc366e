import { check, checkCount, checkFlags, checkNumber, checkOptions } from "../errors.js";
import { Random } from "../random.js";
import { Tensor } from "../tensor.js";
import type { Augmentation } from "./batches.js";

export interface AugmentOptions {
  /** Moves the picture by up to so many whole pixels, in both directions. */
  readonly shift?: number;
  /** Mirrors every other picture, left to right. */
  readonly flip?: boolean;
  /** Pads each side by so many pixels and cuts a picture of the old size out at random, as is usual for CIFAR-10. */
  readonly crop?: { readonly padding: number };
  /** Turns the picture about its centre by up to so many degrees in either direction. */
  readonly rotate?: number;
  /** Value of the pixels that come in from outside, for all channels or for each. Default: the data set's black. */
  readonly fill?: number | readonly number[];
}

/**
 * Random changes of pictures that leave their classes alone, for `batches` and `fit`. What happens to a sample depends
 * on seed, epoch and the number of the sample, not on the batch it is in. Between pixels values are interpolated.
 */
export function augment(options: AugmentOptions): Augmentation {
  checkOptions("augment", options, ["shift", "flip", "crop", "rotate", "fill"]);
  const { shift = 0, flip = false, crop, rotate = 0, fill } = options;
  if (crop !== undefined) checkOptions("augment: crop", crop, ["padding"]);
  const reach = crop === undefined ? 0 : crop.padding;
  checkCount("augment: shift", shift, 0);
  checkCount("augment: crop.padding", reach, 0);
  checkFlags("augment", { flip });
  checkNumber("augment: rotate", rotate, { min: 0, max: 180 });
  for (const value of [fill ?? []].flat()) checkNumber("augment: fill", value);

  return ({ inputs, targets }, { indices, seed, epoch, background }) => {
    const [n, c, h, w] = inputs.shape as [number, number, number, number];
    const outside =
      fill === undefined ? background : typeof fill === "number" ? Array<number>(c).fill(fill) : fill;
    check(outside.length === c, () => `augment: fill has ${outside.length} numbers for ${c} channels.`);
    const result = new Float32Array(inputs.size);
    const ofEpoch = new Random(seed).fork(epoch);
    for (let i = 0; i < n; i++) {
      const random = ofEpoch.fork(indices[i]!);
      const offset = (most: number): number => (most === 0 ? 0 : random.int(2 * most + 1) - most);
      const by = { x: offset(shift) + offset(reach), y: offset(shift) + offset(reach) };
      const mirrored = flip && random.int(2) === 1;
      const degrees = rotate === 0 ? 0 : (2 * random.uniform() - 1) * rotate;
      const map = sourceOf(w, h, by, mirrored, degrees);
      for (let plane = i * c; plane < (i + 1) * c; plane++) {
        const area = { begin: plane * h * w, w, h };
        const fillPlane = map.xy === 0 ? move : warp;
        fillPlane(result, inputs.data, area, map, outside[plane - i * c]!);
      }
    }
    return { inputs: new Tensor(result, inputs.shape), targets };
  };
}

/** Where the value of pixel (x, y) comes from: `(xx * x + xy * y + x0, yx * x + yy * y + y0)`. */
interface AffineMap {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

function sourceOf(
  w: number,
  h: number,
  by: { x: number; y: number },
  mirrored: boolean,
  degrees: number,
): AffineMap {
  const { cos, sin } = cosSin((degrees * Math.PI) / 180);
  const centreX = (w - 1) / 2;
  const centreY = (h - 1) / 2;
  // Undo the move, then turn back about the centre, then mirror.
  const xx = cos;
  const xy = sin;
  const x0 = centreX - cos * (centreX + by.x) - sin * (centreY + by.y);
  const yx = -sin;
  const yy = cos;
  const y0 = centreY + sin * (centreX + by.x) - cos * (centreY + by.y);
  return mirrored ? { xx: -xx, xy: -xy, x0: w - 1 - x0, yx, yy, y0 } : { xx, xy, x0, yx, yy, y0 };
}

/** {@link warp} where every source is a whole pixel. */
function move(
  to: Float32Array,
  from: Float32Array,
  { begin, w, h }: { begin: number; w: number; h: number },
  { xx, x0, y0 }: AffineMap,
  outside: number,
): void {
  for (let y = 0, out = begin; y < h; y++, out += w) {
    const row = begin + (y + y0) * w;
    if (y + y0 < 0 || y + y0 >= h) {
      to.fill(outside, out, out + w);
      continue;
    }
    for (let x = 0, sx = x0; x < w; x++, sx += xx)
      to[out + x] = sx >= 0 && sx < w ? from[row + sx]! : outside;
  }
}

/** Fills a plane with what the map brings from it, interpolated between the four pixels around. */
function warp(
  to: Float32Array,
  from: Float32Array,
  { begin, w, h }: { begin: number; w: number; h: number },
  { xx, xy, x0, yx, yy, y0 }: AffineMap,
  outside: number,
): void {
  const at = (x: number, y: number): number =>
    x >= 0 && x < w && y >= 0 && y < h ? from[begin + y * w + x]! : outside;
  for (let y = 0, out = begin; y < h; y++) {
    for (let x = 0; x < w; x++, out++) {
      const sx = xx * x + xy * y + x0;
      const sy = yx * x + yy * y + y0;
      const left = Math.floor(sx);
      const top = Math.floor(sy);
      const fx = sx - left;
      const fy = sy - top;
      const upper = at(left, top) * (1 - fx) + at(left + 1, top) * fx;
      const lower = at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx;
      to[out] = upper * (1 - fy) + lower * fy;
    }
  }
}

/** Cosine and sine by their series: `Math.cos` differs in the last bit between engines. */
function cosSin(angle: number): { cos: number; sin: number } {
  let cos = 0;
  let sin = 0;
  for (let k = 30, odd = 31; k >= 0; k -= 2, odd -= 2) {
    cos = 1 - (cos * angle * angle) / ((k + 1) * (k + 2));
    sin = 1 - (sin * angle * angle) / ((odd + 1) * (odd + 2));
  }
  return { cos, sin: sin * angle };
}
