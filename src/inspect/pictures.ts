import { check, checkOptions } from "../errors.js";
import type { Image } from "../image/image.js";
import { formatShape, type Tensor } from "../tensor.js";
import { type ColorMap, colorMaps, colorOf, type Rgb } from "./color-map.js";
import { extentOf } from "./scale.js";

export interface GridOptions {
  /** Colours of the values. Default "signed" for filters, "viridis" for feature maps. */
  readonly colors?: ColorMap;
  /** Which values the colours span: those of each tile, of all tiles, or from one number to another. */
  readonly range?: "each" | "all" | readonly [from: number, to: number];
  /** Pixels for each value, across and down. Default 1. */
  readonly scale?: number;
  /** Pixels between tiles. Default 1. */
  readonly gap?: number;
  /** Tiles in a row. Default: as many as make the grid about square. */
  readonly columns?: number;
  /** Colour between tiles; null leaves it transparent. Default white. */
  readonly background?: Rgb | null;
}

/** A rectangle of values, or of three for red, green and blue. */
interface Tile {
  readonly planes: readonly Float32Array[];
  readonly width: number;
  readonly height: number;
}

/**
 * The kernels of a convolution as a picture, from weights [out, in, kh, kw]: one tile for each where they see one
 * channel; in colour where they see three; otherwise a row for each input channel, a column for each output channel.
 */
export function filterGrid(weights: Tensor, options: GridOptions = {}): Image {
  const [outs = 0, ins = 0, height = 0, width = 0] = weights.shape;
  check(
    weights.shape.length === 4 && weights.size > 0,
    () => `filterGrid: the weights have shape ${formatShape(weights.shape)}; they must be [out, in, kh, kw].`,
  );
  const plane = (out: number, channel: number): Float32Array => {
    const start = (out * ins + channel) * height * width;
    return weights.data.subarray(start, start + height * width);
  };
  const tiles: Tile[] = [];
  if (ins === 3) {
    for (let out = 0; out < outs; out++)
      tiles.push({ planes: [0, 1, 2].map((c) => plane(out, c)), width, height });
    return grid("filterGrid", tiles, { range: "each", ...options });
  }
  for (let channel = 0; channel < ins; channel++) {
    for (let out = 0; out < outs; out++) tiles.push({ planes: [plane(out, channel)], width, height });
  }
  return grid("filterGrid", tiles, {
    colors: "signed",
    range: "all",
    ...(ins > 1 && { columns: outs }),
    ...options,
  });
}

/** The channels of a layer's output side by side, from [c, h, w] or [1, c, h, w]. Vectors become tiles of one pixel. */
export function featureMapGrid(maps: Tensor, options: GridOptions = {}): Image {
  const { shape } = maps;
  const single = shape.length === 4 || shape.length === 2;
  check(
    shape.length >= 2 && shape.length <= 4 && (!single || shape[0] === 1) && maps.size > 0,
    () =>
      `featureMapGrid: the maps have shape ${formatShape(shape)}; they must be [c, h, w] or [1, c, h, w], of one input.`,
  );
  const [channels = 0, height = 1, width = 1] = single ? shape.slice(1) : shape;
  const tiles = Array.from({ length: channels }, (_, c): Tile => {
    const plane = maps.data.subarray(c * height * width, (c + 1) * height * width);
    return { planes: [plane], width, height };
  });
  const range = width * height === 1 ? "all" : "each";
  return grid("featureMapGrid", tiles, { colors: "viridis", range, ...options });
}

function grid(what: string, tiles: readonly Tile[], options: GridOptions): Image {
  checkOptions(what, options, ["colors", "range", "scale", "gap", "columns", "background"]);
  const { colors = "viridis", range = "all", scale = 1, gap = 1, background = [255, 255, 255] } = options;
  const columns = Math.min(options.columns ?? Math.ceil(Math.sqrt(tiles.length)), tiles.length);
  check(
    colorMaps.includes(colors),
    () => `${what}: unknown colors "${colors}". It takes: ${colorMaps.join(", ")}.`,
  );
  for (const [name, value, least] of [
    ["scale", scale, 1],
    ["gap", gap, 0],
    ["columns", columns, 1],
  ] as const) {
    check(
      Number.isInteger(value) && value >= least,
      () => `${what}: ${name} is ${value}; it must be a whole number of at least ${least}.`,
    );
  }

  const { width: w, height: h } = tiles[0]!;
  const rows = Math.ceil(tiles.length / columns);
  const [stepX, stepY] = [w * scale + gap, h * scale + gap];
  const [width, height] = [columns * stepX - gap, rows * stepY - gap];
  const channels = background ? 3 : 4;
  const data = new Uint8Array(width * height * channels);
  if (background) for (let i = 0; i < data.length; i++) data[i] = background[i % 3]!;

  const common = range === "each" ? null : range === "all" ? extent(tiles, colors) : range;
  for (const [i, tile] of tiles.entries()) {
    const [from, to] = common ?? extent([tile], colors);
    // Where all values are the same: the middle of colours with a sign, the lower end of others.
    const share = (value: number): number =>
      to > from || Number.isNaN(value) ? (value - from) / (to - from) : colors === "signed" ? 0.5 : 0;
    const [left, top] = [(i % columns) * stepX, Math.floor(i / columns) * stepY];
    for (let y = 0; y < h * scale; y++) {
      for (let x = 0; x < w * scale; x++) {
        const at = Math.floor(y / scale) * w + Math.floor(x / scale);
        const pixel = ((top + y) * width + left + x) * channels;
        const shares = tile.planes.map((plane) => share(plane[at]!));
        const rgb =
          shares.length === 1 ? colorOf(colors, shares[0]!) : shares.map((s) => Math.round(clamp(s) * 255));
        data.set(rgb, pixel);
        if (channels === 4) data[pixel + 3] = 255;
      }
    }
  }
  return { width, height, channels, data };
}

/** The least and the largest value that is finite; with signed colours as far below zero as above. */
function extent(tiles: readonly Tile[], colors: ColorMap): readonly [number, number] {
  const planes = tiles.flatMap((tile) => tile.planes);
  const [least, most] = extentOf(planes.flatMap((plane) => extentOf(plane) ?? [])) ?? [0, 0];
  if (colors !== "signed" || tiles[0]!.planes.length > 1) return [least, most];
  const reach = Math.max(Math.abs(least), Math.abs(most));
  return [-reach, reach];
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
