import { type ColorMap, colorOf } from "./color-map.js";
import { type EffectiveField, middleOf } from "./effective-field.js";
import { nameOf } from "./field-of-unit.js";
import type { Figure, PicturePanel, PlotPanel, Series } from "./figure/figure.js";
import type { PixelWindow } from "./seen.js";

const MAP: ColorMap = "viridis";

/** An effective receptive field as a heat map with the theoretical window as a box, and its profiles along both axes. */
export function effectiveReceptiveFieldFigure(field: EffectiveField): Figure {
  const { layer, unit, channel, samples, window, visible, share, radius } = field;
  const size = `${window.bottom - window.top} × ${window.right - window.left}`;
  const whose = channel === undefined ? "all channels" : `channel ${channel}`;
  const area = visible ? (visible.bottom - visible.top) * (visible.right - visible.left) : 0;
  const held = area > 0 ? Math.min(1, pixelsWithin(field) / area) : 0;
  return {
    title: `What counts for a unit of ${nameOf(layer)}`,
    text:
      `Unit [${unit.join(", ")}], ${whose}: it looks at ${size} pixels, but ${percent(share)} of what moves it lies within ` +
      `${round(radius)} pixels of the middle, ${percent(held)} of the area it sees. Over ${samples} inputs (Luo et al., 2016).`,
    panels: [heatMap(field), profiles(field)],
  };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const round = (value: number): string => String(Number(value.toPrecision(3)));

/** Visible pixels within the radius. */
function pixelsWithin({ visible, window, radius }: EffectiveField): number {
  const [my, mx] = middleOf(window);
  let count = 0;
  if (!visible) return count;
  for (let y = visible.top; y < visible.bottom; y++) {
    for (let x = visible.left; x < visible.right; x++) if (Math.hypot(y - my, x - mx) <= radius) count++;
  }
  return count;
}

/** The part of the picture that is worth showing: what is visible, with a margin. */
function shownOf({ map, visible }: EffectiveField): PixelWindow {
  const [h = 1, w = 1] = map.shape;
  const { top, left, bottom, right } = visible ?? { top: 0, left: 0, bottom: h, right: w };
  const margin = Math.ceil(Math.max(bottom - top, right - left) / 8);
  return {
    top: Math.max(0, top - margin),
    left: Math.max(0, left - margin),
    bottom: Math.min(h, bottom + margin),
    right: Math.min(w, right + margin),
  };
}

function heatMap(field: EffectiveField): PicturePanel {
  const { map, window } = field;
  const shown = shownOf(field);
  const [width, height] = [shown.right - shown.left, shown.bottom - shown.top];
  const most = largest(map.data);
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = map.at(shown.top + y, shown.left + x);
      data.set(colorOf(MAP, most > 0 ? value / most : 0), 3 * (y * width + x));
    }
  }
  const box = {
    x: window.left - shown.left,
    y: window.top - shown.top,
    width: window.right - window.left,
    height: window.bottom - window.top,
    label: "theoretical field",
  };
  const [h, w] = map.shape;
  return {
    kind: "picture",
    title: "How strongly each pixel moves the unit",
    caption: `Rows ${shown.top} to ${shown.bottom - 1} and columns ${shown.left} to ${shown.right - 1} of the ${h} × ${w} input.`,
    image: { width, height, channels: 3, data },
    scale: { map: MAP, from: 0, to: most, label: "root mean square of the derivative" },
    boxes: [box],
  };
}

/** Means of the columns and of the rows of what is visible, by their distance from the middle. */
function profiles(field: EffectiveField): PlotPanel {
  const { map, window, visible } = field;
  const [h = 1, w = 1] = map.shape;
  const { top, left, bottom, right } = visible ?? { top: 0, left: 0, bottom: h, right: w };
  const [my, mx] = middleOf(window);
  const rows = Array.from({ length: bottom - top }, (_, i) => top + i);
  const columns = Array.from({ length: right - left }, (_, i) => left + i);
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const line = (label: string, places: number[], middle: number, at: (place: number) => number): Series => {
    const means = places.map(at);
    const most = Math.max(...means) || 1;
    return {
      ...{ label, style: "line" },
      x: places.map((place) => place - middle),
      y: means.map((value) => value / most),
    };
  };
  const across = line("columns, across", columns, mx, (x) => mean(rows.map((y) => map.at(y, x))));
  const down = line("rows, down", rows, my, (y) => mean(columns.map((x) => map.at(y, x))));
  return {
    kind: "plot",
    title: "Column by column and row by row",
    caption: "The unit sees nothing beyond the ends of the lines.",
    x: { label: "distance from the middle of the field (pixels)" },
    y: { label: "mean derivative, as a share of the largest" },
    series: h === 1 ? [across] : [across, down],
  };
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
