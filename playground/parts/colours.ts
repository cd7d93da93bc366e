// Numbers as colours, by the library's colour maps.

import type { Tensor } from "featuremap/functional";
import { tensor } from "featuremap/functional";
import type { Image } from "featuremap/image";
import { type ColorMap, featureMapGrid } from "featuremap/inspect";

/** Which colours stand for which numbers. What lies outside is shown as the nearer end. */
export interface Scale {
  readonly colors: ColorMap;
  readonly from: number;
  readonly to: number;
}

/** Numbers as a picture has them. */
export const GREY: Scale = { colors: "gray", from: 0, to: 255 };

/** As far below zero as above, and as far as the numbers go. */
export function signedScale({ data }: Tensor): Scale {
  const reach = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return { colors: "signed", from: -reach, to: reach };
}

const palettes = new Map<ColorMap, Uint8Array>();

/** 256 colours of a map, three numbers each. */
function palette(colors: ColorMap): Uint8Array {
  let known = palettes.get(colors);
  if (!known) {
    const ramp = tensor([[Array.from({ length: 256 }, (_, i) => i)]]);
    known = featureMapGrid(ramp, { colors, range: [0, 255] }).data;
    palettes.set(colors, known);
  }
  return known;
}

/** Where a number lies between the ends of a scale, in 255ths. */
function place(value: number, { from, to }: Scale): number {
  return Math.round(Math.min(Math.max((value - from) / (to - from), 0), 1) * 255);
}

/** The colour of one number. */
export function colourOf(value: number, scale: Scale): readonly [number, number, number] {
  const at = 3 * place(value, scale);
  const [red, green, blue] = palette(scale.colors).subarray(at, at + 3);
  return [red!, green!, blue!];
}

/** A picture of values [c, h, w]: one channel in the scale's colours, three as red, green and blue. */
export function paint(values: Tensor, scale: Scale): Image {
  const [channels, height, width] = values.shape as [number, number, number];
  const area = height * width;
  const data = new Uint8Array(area * 3);
  const colours = palette(scale.colors);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) {
      data[3 * i + c] =
        channels === 1
          ? colours[3 * place(values.data[i]!, scale) + c]!
          : place(values.data[c * area + i]!, scale);
    }
  }
  return { width, height, channels: 3, data };
}

/** Black or white, whichever can be read on a colour. */
export function inkOn([red, green, blue]: readonly [number, number, number]): "#000" | "#fff" {
  const linear = (byte: number) => (byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  // Where contrast with white equals that with black (WCAG 2).
  return luminance > 0.179 ? "#000" : "#fff";
}
