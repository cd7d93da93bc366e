import { tensor } from "featuremap";
import { type ColorMap, featureMapGrid } from "featuremap/inspect";
import type { Tiling } from "./layers.js";

const STEPS = 256;

/** A colour map as a table of canvas pixels. */
function paletteOf(colors: ColorMap): Uint32Array {
  const ramp = tensor(
    Float32Array.from({ length: STEPS }, (_, i) => i / (STEPS - 1)),
    [1, 1, STEPS],
  );
  const { data } = featureMapGrid(ramp, { colors, range: [0, 1] });
  const bytes = new Uint8ClampedArray(4 * STEPS);
  for (let i = 0; i < STEPS; i++) bytes.set([data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!, 255], 4 * i);
  return new Uint32Array(bytes.buffer);
}

const palettes = new Map<ColorMap, Uint32Array>();

export type Range = readonly [from: number, to: number];

/** Paints the maps of a layer, `channels` of size x size, on a canvas, as a tiling says. */
export function paintMaps(
  canvas: HTMLCanvasElement,
  maps: Float32Array,
  size: number,
  { columns, cell, gap, width, height }: Tiling,
  [from, to]: Range,
  colors: ColorMap = "viridis",
): void {
  let palette = palettes.get(colors);
  if (!palette) {
    palette = paletteOf(colors);
    palettes.set(colors, palette);
  }
  const context = canvas.getContext("2d")!;
  const picture = context.createImageData(width, height);
  const pixels = new Uint32Array(picture.data.buffer);
  const step = size * cell + gap;
  const factor = to > from ? (STEPS - 1) / (to - from) : 0;
  for (let i = 0; i < maps.length; i++) {
    const channel = Math.floor(i / (size * size));
    const [y, x] = [Math.floor(i / size) % size, i % size];
    const level = Math.round(Math.min(Math.max((maps[i]! - from) * factor, 0), STEPS - 1));
    const left = (channel % columns) * step + x * cell;
    const top = Math.floor(channel / columns) * step + y * cell;
    for (let row = top; row < top + cell; row++) {
      pixels.fill(palette[level]!, row * width + left, row * width + left + cell);
    }
  }
  context.putImageData(picture, 0, 0);
}

/** Least and largest of some numbers; with a sign as far below zero as above. */
export function extent(values: Float32Array, signed = false): Range {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const reach = Math.max(-least, most);
  return signed ? [-reach, reach] : [least, most];
}
