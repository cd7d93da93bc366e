import { check, checkCount, checkFlags, checkIs, checkNumber, checkOptions } from "../../errors.js";
import { toGray, toRgb } from "../../image/colour.js";
import { checkImage, type Image } from "../../image/image.js";
import { formatShape, type Tensor } from "../../tensor.js";
import { type ColorMap, colorMaps, colorOf } from "../color-map.js";
import { extentOf } from "../scale.js";
import { resizeMap } from "./resize-map.js";

export interface HeatMapOptions {
  /** Default "signed" where there is something below zero, otherwise "inferno". */
  readonly colors?: ColorMap;
  /**
   * Numbers that the colours go from and to; what lies outside has the nearer end's. Default: from 0, or as far below zero
   * as above, to a number that one of 100 pixels exceeds.
   */
  readonly range?: readonly [from: number, to: number];
}

export interface OverlayOptions extends HeatMapOptions {
  /** Of the strongest colour, from 0 to 1; the weaker the heat, the more of the picture shows through. Default 0.9. */
  readonly opacity?: number;
  /** The picture in grey, so that all colour is heat. Default true. */
  readonly grayscale?: boolean;
}

export const overlayOptions = ["colors", "range", "opacity", "grayscale"];

/** What colours a map is shown in, and the numbers that they go from and to. */
export interface Heat {
  readonly colors: ColorMap;
  readonly range: readonly [from: number, to: number];
}

/** Share of the pixels that the colours span; the few above it, which would leave the others dark, share the last. */
const SPAN = 0.99;

/** How much of the opacity the colour for nothing has: black or white, it takes the picture back behind the others. */
const VEIL = 0.4;

/** The colours of a map [h, w], as {@link heatMap} and {@link overlay} choose them where the options do not. */
export function heatOf(map: Tensor, options: HeatMapOptions = {}): Heat {
  const [least] = extentOf(map.data) ?? [0];
  const { colors = least < 0 ? "signed" : "inferno" } = options;
  if (options.range) return { colors, range: options.range };
  const sizes = map.data.map(Math.abs).sort();
  const most = sizes[Math.ceil(SPAN * sizes.length) - 1]! || sizes.at(-1)!;
  return { colors, range: [least < 0 ? -most : 0, most] };
}

/** A map [h, w] as a picture of as many pixels. */
export function heatMap(map: Tensor, options: HeatMapOptions & { readonly scale?: number } = {}): Image {
  const what = "heatMap";
  checkOptions(what, options, ["colors", "range", "scale"]);
  const { scale = 1 } = options;
  checkCount(`${what}: scale`, scale);
  checkHeat(what, map, options);
  const heat = heatOf(map, options);
  const [h, w] = map.shape as [number, number];
  const [height, width] = [h * scale, w * scale];
  const data = new Uint8Array(height * width * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3)
      data.set(
        colorOf(heat.colors, shareOf(map.data[Math.floor(y / scale) * w + Math.floor(x / scale)]!, heat)),
        i,
      );
  }
  return { width, height, channels: 3, data };
}

/**
 * A map [h, w] laid over the picture that it is of, which is what the network saw: see `inputImage`. A map of another size is
 * stretched over the whole picture, between its numbers in straight lines.
 */
export function overlay(image: Image, map: Tensor, options: OverlayOptions = {}): Image {
  const what = "overlay";
  checkImage(what, image);
  checkOptions(what, options, overlayOptions);
  const { opacity = 0.9, grayscale = true } = options;
  checkNumber(`${what}: opacity`, opacity, { min: 0, max: 1 });
  checkFlags(what, { grayscale });
  checkHeat(what, map, options);
  const heat = heatOf(map, options);
  const { width, height } = image;
  const { data: values } = resizeMap(map, height, width);
  const { data: below } = toRgb(grayscale ? toGray(image) : image);
  const data = new Uint8Array(below.length);
  for (let i = 0; i < values.length; i++) {
    const share = shareOf(values[i]!, heat);
    const color = colorOf(heat.colors, share);
    const strength = heat.colors === "signed" ? Math.abs(2 * share - 1) : share;
    const cover = opacity * (VEIL + (1 - VEIL) * strength);
    for (let c = 0; c < 3; c++)
      data[i * 3 + c] = Math.round(below[i * 3 + c]! * (1 - cover) + color[c]! * cover);
  }
  return { width, height, channels: 3, data };
}

/** Where a number lies between the ends of the colours; in the middle of signed ones where all are the same. */
function shareOf(value: number, { colors, range: [from, to] }: Heat): number {
  if (!(to > from)) return colors === "signed" ? 0.5 : 0;
  return Math.min(Math.max((value - from) / (to - from), 0), 1);
}

function checkHeat(what: string, map: Tensor, { colors, range }: HeatMapOptions): void {
  check(
    map?.shape?.length === 2 && map.size > 0,
    () => `${what}: the map has shape ${formatShape(map?.shape ?? [])}; it must be [h, w].`,
  );
  check(
    colors === undefined || colorMaps.includes(colors),
    () => `${what}: unknown colors "${colors}". It takes: ${colorMaps.join(", ")}.`,
  );
  const isRange = range === undefined || (range.length === 2 && range.every(Number.isFinite));
  checkIs(isRange, `${what}: range`, range, "two numbers, [from, to]");
}
