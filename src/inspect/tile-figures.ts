import { check, checkCount, checkOptions } from "../errors.js";
import { formatShape, Tensor } from "../tensor.js";
import type { ColorMap } from "./color-map.js";
import type { ColorScale, Figure, Panel, Tile } from "./figure/figure.js";
import { featureMapGrid, filterGrid, type GridOptions } from "./pictures.js";
import { extentOf } from "./scale.js";

/** How filters, or feature maps, are shown. */
export interface TileFigureOptions {
  /** The layer's name, for the title. */
  readonly name?: string;
  /** How many are shown at most, the first ones. Default 64. */
  readonly limit?: number;
  /** Which values the colours span: those of each tile, or of all tiles. Default "all" for filters that are not in colour, else "each". */
  readonly range?: "each" | "all";
  /** Default "signed" for filters, "viridis" for feature maps. */
  readonly colors?: ColorMap;
}

const LIMIT = 64;
/** Channels of a filter that stand below each other; more form a square. */
const COLUMN = 8;
/** Vectors that are longer are drawn as a line. */
const MOST_BARS = 200;

/**
 * The filters of a convolution, from weights [out, in, kh, kw], each with its number: in colour where they see three channels,
 * otherwise with a square for each channel that they see.
 */
export function filterFigure(weights: Tensor, options: TileFigureOptions = {}): Figure {
  checkTileOptions("filterFigure", options);
  const [outs = 0, ins = 0, height = 0, width = 0] = weights.shape;
  check(
    weights.shape.length === 4 && weights.size > 0,
    () =>
      `filterFigure: the weights have shape ${formatShape(weights.shape)}; they must be [out, in, kh, kw].`,
  );
  const { name, limit = LIMIT } = options;
  const isColored = ins === 3;
  const [count, channels] = [Math.min(outs, limit), Math.min(ins, LIMIT)];
  const { range = isColored ? "each" : "all", colors = "signed" } = options;
  const size = height * width;
  const shown = Array.from({ length: count }, (_, out) => {
    const start = out * ins * size;
    return new Tensor(weights.data.subarray(start, start + channels * size), [1, channels, height, width]);
  });
  const common = range === "all" ? rangeOf(shown, isColored ? "gray" : colors) : undefined;
  const grid: GridOptions = {
    ...(!isColored && { colors }),
    range: common ?? "all",
    gap: size === 1 ? 0 : 1,
    columns: channels <= COLUMN ? 1 : Math.ceil(Math.sqrt(channels)),
    background: null,
  };
  const tiles = shown.map((filter, out): Tile => ({ image: filterGrid(filter, grid), label: `${out}` }));
  const sees = isColored
    ? "The colours are the weights for red, green and blue: grey is alike for all three."
    : colors === "signed"
      ? "Red is where a high input counts for the filter's feature, blue where it counts against it."
      : "";
  const parts = [
    firstOf(count, outs, "filters"),
    ins > 1 &&
      !isColored &&
      `Within a filter, a kernel for each input channel, ${channels <= COLUMN ? "from the top" : "row by row"}.`,
    firstOf(channels, ins, "input channels"),
  ];
  return {
    title: name ? `Filters of ${name}` : "Filters",
    ...(sees && { text: sees }),
    panels: [
      {
        kind: "tiles",
        title: `${outs} filters of ${height} × ${width}${ins > 1 ? ` over ${ins} channels` : ""}`,
        caption: sentences(parts),
        tiles,
        scale: scaleFor(
          isColored ? "gray" : colors,
          common,
          isColored || colors !== "signed" ? "weight" : "weight of each filter",
        ),
      },
    ],
  };
}

/**
 * The channels of a layer's output, from [c, h, w] or [1, c, h, w], each with its number. Vectors become bars, or a line where
 * they are long.
 */
export function featureMapFigure(maps: Tensor, options: TileFigureOptions = {}): Figure {
  checkTileOptions("featureMapFigure", options);
  const { name, limit = LIMIT, range = "each", colors = "viridis" } = options;
  const { shape } = maps;
  const single = shape.length === 4 || shape.length === 2;
  check(
    shape.length >= 1 && shape.length <= 4 && (!single || shape[0] === 1) && maps.size > 0,
    () =>
      `featureMapFigure: the maps have shape ${formatShape(shape)}; they must be [c, h, w] or [1, c, h, w], of one input.`,
  );
  const [channels = 0, height = 1, width = 1] = single ? shape.slice(1) : shape;
  const title = name ? `Outputs of ${name}` : "Feature maps";
  if (height * width === 1) return { title, panels: [vector(maps)] };
  const count = Math.min(channels, limit);
  const shown = Array.from(
    { length: count },
    (_, c) =>
      new Tensor(maps.data.subarray(c * height * width, (c + 1) * height * width), [1, height, width]),
  );
  const common = range === "all" ? rangeOf(shown, colors) : undefined;
  return {
    title,
    panels: [
      {
        kind: "tiles",
        title: `${channels} maps of ${height} × ${width}`,
        caption: sentences([firstOf(count, channels, "maps")]),
        tiles: shown.map(
          (map, c): Tile => ({
            image: featureMapGrid(map, { colors, range: common ?? "all" }),
            label: `${c}`,
          }),
        ),
        scale: scaleFor(colors, common, "value of each map"),
      },
    ],
  };
}

function checkTileOptions(what: string, options: TileFigureOptions): void {
  checkOptions(what, options, ["name", "limit", "range", "colors"]);
  const { limit = LIMIT, range = "all" } = options;
  checkCount(`${what}: limit`, limit);
  check(
    range === "each" || range === "all",
    () => `${what}: unknown range "${String(range)}". It takes: each, all.`,
  );
}

function vector({ data }: Tensor): Panel {
  const count = data.length;
  return {
    kind: "plot",
    title: `${count} values`,
    x: { label: "channel" },
    y: { label: "value" },
    series: [
      { label: "value", style: count > MOST_BARS ? "line" : "bars", x: Array.from(data.keys()), y: data },
    ],
  };
}

/** The least and the largest value of all; with signed colours as far below zero as above. */
function rangeOf(tensors: readonly Tensor[], colors: ColorMap): readonly [number, number] {
  const [least, most] = extentOf(tensors.flatMap(({ data }) => extentOf(data) ?? [])) ?? [0, 0];
  const reach = Math.max(Math.abs(least), Math.abs(most));
  return colors === "signed" ? [-reach, reach] : [least, most];
}

/** The key to the colours: with numbers where they are the same for all tiles. */
function scaleFor(map: ColorMap, common: readonly [number, number] | undefined, each: string): ColorScale {
  if (common) return { map, from: common[0], to: common[1], label: each.replace(/ of each.*/, "") };
  return {
    map,
    from: map === "signed" ? -1 : 0,
    to: 1,
    ends: map === "signed" ? ["below zero", "above"] : ["lowest", "highest"],
    label: each,
  };
}

/** `The first 16 of 64 maps.`, or nothing where all are there. */
const firstOf = (count: number, all: number, what: string): string | false =>
  count < all && `The first ${count} of ${all} ${what}.`;

const sentences = (parts: readonly (string | false)[]): string => parts.filter(Boolean).join(" ");
