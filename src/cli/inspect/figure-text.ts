// Figures in the terminal: the same data as figureSvg and figureImage draw.

import { type Image, resize, toRgb } from "../../image/index.js";
import {
  type ColorScale,
  type Figure,
  type Panel,
  type PlotPanel,
  type TerminalColors,
  type TilesPanel,
  toTerminal,
} from "../../inspect/index.js";
import { formatNumber } from "../../inspect/numbers.js";
import { extentOf } from "../../inspect/scale.js";
import { textTable } from "../../inspect/text-table.js";

const GAP = 1;
/** Characters across of a tile, at most and at least, and rows of tiles. */
const MOST = 16;
const LEAST = 10;
const ROWS = 2;
/** Characters across of a picture. */
const PICTURE = 56;
const BAR = 24;
const MOST_NAME = 40;
const LINE = 72;

export interface TextStyle {
  readonly width: number;
  readonly colors: TerminalColors;
  readonly bold: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** A figure in lines of at most `width` characters. */
export function figureText({ title, text, panels }: Figure, style: TextStyle): string {
  const words = text ? folded(text, style.width).map(style.faint) : [];
  const parts = panels.map((panel) => panelText(panel, style));
  return [[style.bold(title), ...words].join("\n"), ...parts].join("\n\n");
}

function panelText(panel: Panel, style: TextStyle): string {
  return [
    panel.title === "" ? "" : style.bold(panel.title),
    contentText(panel, style),
    panel.kind === "tiles" ? hidden(panel, style) : "",
    ...(panel.caption ? folded(panel.caption, style.width).map(style.faint) : []),
    "scale" in panel && panel.scale ? legend(panel.scale, style) : "",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function contentText(panel: Panel, style: TextStyle): string {
  if (panel.kind === "picture") return pixels(fit(panel.image, Math.min(PICTURE, style.width)), style);
  if (panel.kind === "tiles") return tilesText(panel, style);
  if (panel.kind === "table") {
    const columns = panel.columns.map((title, i) => ({
      title,
      right: panel.rows.every((row) => typeof row[i] === "number"),
      shrinks: true,
    }));
    const rows = panel.rows.map((row) =>
      row.map((cell) => (typeof cell === "number" ? formatNumber(cell) : cell)),
    );
    return textTable(columns, rows, style.width);
  }
  return plotText(panel, style);
}

/** A picture in so many characters across: whole pixels where there is room, else smaller. */
function fit(image: Image, width: number): Image {
  const times = Math.floor(Math.min(width, 2 * MOST) / image.width);
  if (times >= 1) {
    if (times === 1) return image;
    return resize(image, { width: image.width * times, height: image.height * times, method: "nearest" });
  }
  if (image.width <= width) return image;
  return resize(image, { width, height: Math.max(1, Math.round((image.height * width) / image.width)) });
}

function pixels(image: Image, { colors }: TextStyle): string {
  return toTerminal(image.channels === 4 ? toRgb(image, [0, 0, 0]) : image, { colors });
}

/** How wide the tiles of a panel are, how many stand in a row, and how many there is room for. */
function arrangement(
  { tiles }: TilesPanel,
  { width }: TextStyle,
): { tile: number; inRow: number; shown: number } {
  const widest = Math.max(...tiles.map(({ image }) => image.width));
  const names = Math.max(...tiles.map(({ label = "" }) => label.length));
  const tile = Math.max(LEAST, Math.min(MOST, widest), Math.min(names, MOST));
  const fit = Math.max(1, Math.floor((width + GAP) / (tile + GAP)));
  const shown = Math.min(tiles.length, fit * ROWS);
  // Rows as long as each other, rather than a short one at the end.
  return { tile, inRow: Math.ceil(shown / Math.ceil(shown / fit)), shown };
}

function tilesText(panel: TilesPanel, style: TextStyle): string {
  const { tile, inRow, shown } = arrangement(panel, style);
  const rows: string[] = [];
  for (let start = 0; start < shown; start += inRow) {
    const row = panel.tiles.slice(start, Math.min(start + inRow, shown)).map(({ image, label = "" }) => {
      const small = fitTile(image, tile);
      const lines = pixels(small, style).split("\n");
      const rest = " ".repeat(tile - small.width);
      return {
        lines: lines.map((line) => (style.colors === "none" ? line.padEnd(tile) : line + rest)),
        label,
      };
    });
    const height = Math.max(...row.map(({ lines }) => lines.length));
    for (let i = 0; i < height; i++)
      rows.push(
        row
          .map(({ lines }) => lines[i] ?? " ".repeat(tile))
          .join(" ".repeat(GAP))
          .trimEnd(),
      );
    if (row.some(({ label }) => label !== ""))
      rows.push(
        style.faint(
          row
            .map(({ label }) => label.slice(0, tile).padEnd(tile))
            .join(" ".repeat(GAP))
            .trimEnd(),
        ),
      );
  }
  return rows.join("\n");
}

function fitTile(image: Image, width: number): Image {
  const times = Math.floor(width / image.width);
  if (times > 1)
    return resize(image, { width: image.width * times, height: image.height * times, method: "nearest" });
  return fit(image, width);
}

function hidden(panel: TilesPanel, style: TextStyle): string {
  const { shown } = arrangement(panel, style);
  const { length } = panel.tiles;
  return shown < length
    ? style.faint(`There is room for ${shown} of ${length} here; --out draws them all.`)
    : "";
}

function legend({ map, from, to, label, ends }: ColorScale, { faint, colors }: TextStyle): string {
  const [low, high] = ends ?? [formatNumber(from), formatNumber(to)];
  const names = {
    viridis: ["dark blue", "yellow"],
    gray: ["black", "white"],
    signed: ["blue", "red"],
  } as const;
  const [cold, warm] = colors === "none" ? (["dark", "light"] as const) : names[map];
  return faint(`${cold}: ${low}, ${warm}: ${high}${label ? `, ${label}` : ""}`);
}

/** Bars of names; of other plots the outline. */
function plotText({ x, y, series }: PlotPanel, { width, faint }: TextStyle): string {
  const [first] = series;
  const names = y.names ?? x.names;
  if (first && names && series.length === 1) {
    const [at, values] = y.names ? [first.y, first.x] : [first.x, first.y];
    const most = Math.max(...Array.from(values, Math.abs), Number.MIN_VALUE);
    const room = Math.min(MOST_NAME, Math.max(LEAST, width - BAR - 14));
    const labels = Array.from(at, (i) => shortened(names[i] ?? "", room));
    const wide = Math.max(...labels.map((label) => label.length));
    const numbers = Array.from(values, formatNumber);
    const digits = Math.max(...numbers.map((number) => number.length));
    const unit = y.names ? x.label : y.label;
    return [
      ...labels.map((label, i) => {
        const bar = "█".repeat(Math.round((Math.abs(values[i]!) / most) * BAR));
        return `  ${label.padEnd(wide)}  ${numbers[i]!.padStart(digits)}  ${bar}${faint("░".repeat(BAR - bar.length))}`;
      }),
      ...(unit ? [faint(`  ${unit}`)] : []),
    ].join("\n");
  }
  const wide = Math.max(...series.map(({ label }) => label.length));
  return [
    ...series.map(
      ({ label, y: ys }) => `  ${label.padEnd(wide)}  ${sparkline(ys, Math.min(LINE, width - wide - 4))}`,
    ),
    faint(
      `  ${y.label} from ${range(series.flatMap((one) => Array.from(one.y)))}, by ${x.label} from ${range(series.flatMap((one) => Array.from(one.x)))}`,
    ),
  ].join("\n");
}

const range = (values: readonly number[]): string =>
  (extentOf(values) ?? [Number.NaN, Number.NaN]).map(formatNumber).join(" to ");

const EIGHTHS = "▁▂▃▄▅▆▇█";

/** Numbers as columns between the least and the largest, in at most so many characters: of neighbours the largest. */
function sparkline(values: ArrayLike<number>, width: number): string {
  const [least, most] = extentOf(Array.from(values)) ?? [0, 0];
  const count = Math.min(width, values.length);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * values.length) / count);
    const to = Math.max(from + 1, Math.floor(((i + 1) * values.length) / count));
    const largest = extentOf(Array.from(values).slice(from, to))?.[1];
    return largest === undefined ? " " : EIGHTHS[Math.round((7 * (largest - least)) / (most - least || 1))];
  }).join("");
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function folded(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const longer = lines.at(-1) === "" ? word : `${lines.at(-1)} ${word}`;
    if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
