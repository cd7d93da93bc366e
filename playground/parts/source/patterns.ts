// Pictures made for looking at kernels: what comes out can be foreseen.

import type { Image } from "featuremap/image";

/** A square grey picture by a function of place, from 0 to 1 both ways; it gives 0 for black to 1 for white. */
function made(side: number, shade: (y: number, x: number) => number): Image {
  const data = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      data[y * side + x] = Math.round(
        255 * Math.min(Math.max(shade((y + 0.5) / side, (x + 0.5) / side), 0), 1),
      );
    }
  }
  return { width: side, height: side, channels: 1, data };
}

/** Stripes that widen to the right: one pixel, two, three, ... */
function stripes(side: number): Image {
  const shades: number[] = [];
  for (let width = 1; shades.length < side; width++) {
    for (const shade of [0, 1]) for (let i = 0; i < width; i++) shades.push(shade);
  }
  return made(side, (_, x) => shades[Math.floor(x * side)]!);
}

const checkerboard = (side: number): Image =>
  made(side, (y, x) => (Math.floor(y * 8) + Math.floor(x * 8)) % 2);

const disc = (side: number): Image =>
  made(side, (y, x) => (0.34 - Math.hypot(y - 0.5, x - 0.5)) * side + 0.5);

const ramp = (side: number): Image => made(side, (_, x) => x);

/** One white pixel: what comes out is the kernel itself. */
function point(side: number): Image {
  const middle = (Math.floor(side / 2) + 0.5) / side;
  return made(side, (y, x) => (Math.abs(y - middle) + Math.abs(x - middle) < 0.25 / side ? 1 : 0));
}

type Place = readonly [y: number, x: number];

// A four, as one writes it.
const strokes: readonly (readonly [Place, Place])[] = [
  [
    [0.16, 0.6],
    [0.62, 0.24],
  ],
  [
    [0.62, 0.24],
    [0.62, 0.8],
  ],
  [
    [0.16, 0.6],
    [0.86, 0.6],
  ],
];

function digit(side: number): Image {
  return made(side, (y, x) => {
    const nearest = Math.min(...strokes.map(([from, to]) => distance([y, x], from, to)));
    return (0.055 - nearest) * Math.min(side, 48) + 0.5;
  });
}

/** From a place to a line between two others. */
function distance([y, x]: Place, [y0, x0]: Place, [y1, x1]: Place): number {
  const along = ((y - y0) * (y1 - y0) + (x - x0) * (x1 - x0)) / ((y1 - y0) ** 2 + (x1 - x0) ** 2);
  const share = Math.min(Math.max(along, 0), 1);
  return Math.hypot(y - y0 - share * (y1 - y0), x - x0 - share * (x1 - x0));
}

export const patterns = { stripes, checkerboard, disc, ramp, point, digit } as const;
export type Pattern = keyof typeof patterns;
