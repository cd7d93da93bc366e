// What the figures of the demonstrations have in common.

import type { Tensor } from "../../tensor.js";
import { type ColorMap, colorOf, type Rgb } from "../color-map.js";
import type { Box, PicturePanel } from "../figure/figure.js";
import { formatNumber } from "../numbers.js";

export interface MatrixOptions {
  readonly caption?: string;
  /** Default "signed" where there are numbers below 0, else "gray". */
  readonly map?: ColorMap;
  /** Numbers at the ends of the colours. Default: the least and the largest; signed, as far below 0 as above. */
  readonly range?: readonly [from: number, to: number];
  readonly label?: string;
  readonly boxes?: readonly Box[];
}

/** Characters that a row of numbers may take, if they are to be written out. */
const ROOM = 30;

/** A matrix [h, w] in colours, with its numbers where it is small. */
export function matrixPanel(title: string, matrix: Tensor, options: MatrixOptions = {}): PicturePanel {
  const { data } = matrix;
  const [height = 1, width = 1] = matrix.shape;
  const [least, most] = extent(data);
  const { map = least < 0 ? "signed" : "gray", label, caption, boxes } = options;
  const reach = Math.max(-least, most);
  const [from, to] = options.range ?? (map === "signed" ? [-reach, reach] : [least, most]);
  // Where all numbers are the same: the middle of colours with a sign, the lower end of others.
  const share = (value: number): number =>
    to > from ? (value - from) / (to - from) : map === "signed" ? 0.5 : 0;
  return {
    kind: "picture",
    title,
    image: painted(width, height, (i) => colorOf(map, share(data[i]!))),
    scale: { map, from, to, ...(label !== undefined && { label }) },
    ...(caption !== undefined && { caption }),
    ...(boxes && { boxes }),
    ...(isShort(data, Math.max(width, height)) && { numbers: data }),
  };
}

/** Whether there is room for the numbers of a matrix with so long a side. */
function isShort(values: Float32Array, side: number): boolean {
  return (
    side <= ROOM && side * Math.max(...Array.from(values, (value) => formatNumber(value).length)) <= ROOM
  );
}

/** A picture by the colour of each pixel. */
export function painted(width: number, height: number, colour: (i: number) => Rgb): PicturePanel["image"] {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set(colour(i), 3 * i);
  return { width, height, channels: 3, data };
}

/** The least and the largest of the numbers. */
export function extent(values: Iterable<number>): [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}

/** The largest distance between two numbers at the same place. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

/** `5 × 7`, height before width. */
export function sized({ shape }: Tensor): string {
  return shape.slice(-2).join(" × ");
}
