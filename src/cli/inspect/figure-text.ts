// Figures in the terminal: the same data as figureSvg and figureImage draw.

import type { ColorMap, ColorScale, Figure, Panel, PicturePanel, TilesPanel } from "../../inspect/index.js";
import { formatNumber } from "../../inspect/numbers.js";
import { textTable } from "../../inspect/text-table.js";
import { fitted, pictureText, pixelText } from "./picture-text.js";
import { plotText } from "./plot-text.js";
import { folded, type TextStyle } from "./text-style.js";

/** Characters across of a tile, at most and at least, between tiles, and rows of tiles. */
const MOST = 16;
const LEAST = 10;
const GAP = 1;
const ROWS = 2;
/** Characters across of a picture that shares its row, and at least of the words below it; between such pictures. */
const PICTURE = 56;
const LEAST_WORDS = 28;
const APART = 3;

/** A figure in lines of at most `width` characters. */
export function figureText({ title, text, panels }: Figure, style: TextStyle): string {
  const words = text ? folded(text, style.width).map(style.faint) : [];
  const parts: string[][] = [];
  let room = 0;
  for (const panel of panels) {
    // Pictures share a row with those before them as long as there is room.
    const isPicture = panel.kind === "picture" && panels.length > 1;
    const block = panelText(panel, isPicture ? { ...style, width: pictureWidth(panel, style) } : style);
    const width = widthOf(block);
    if (isPicture && parts.length > 0 && width <= room) parts.at(-1)!.push(block);
    else {
      parts.push([block]);
      room = isPicture ? style.width : 0;
    }
    room -= width + APART;
  }
  return [[style.bold(title), ...words].join("\n"), ...parts.map(beside)].join("\n\n");
}

/** Room for a picture, and for words below it that are longer than a narrow picture is wide. */
function pictureWidth({ image }: PicturePanel, { width }: TextStyle): number {
  return Math.min(width, Math.max(LEAST_WORDS, Math.min(image.width, PICTURE)));
}

/** Blocks of lines next to each other. */
function beside(blocks: readonly string[]): string {
  if (blocks.length === 1) return blocks[0]!;
  const lines = blocks.map((block) => block.split("\n"));
  const widths = blocks.map(widthOf);
  return Array.from({ length: Math.max(...lines.map(({ length }) => length)) }, (_, row) =>
    lines
      .map((own, i) => (own[row] ?? "") + " ".repeat(widths[i]! - widthOf(own[row] ?? "")))
      .join(" ".repeat(APART))
      .trimEnd(),
  ).join("\n");
}

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g");

/** Characters of the longest line, without what only colours it. */
function widthOf(block: string): number {
  return Math.max(...block.split("\n").map((line) => line.replace(escapes, "").length));
}

function panelText(panel: Panel, style: TextStyle): string {
  return [
    panel.title === "" ? "" : style.bold(panel.title),
    contentText(panel, style),
    ...[
      panel.kind === "tiles" ? hidden(panel, style) : "",
      panel.caption ?? "",
      "scale" in panel && panel.scale ? legend(panel.scale, style) : "",
    ].flatMap((words) => folded(words, style.width).map((line) => line && style.faint(line))),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function contentText(panel: Panel, style: TextStyle): string {
  if (panel.kind === "picture") {
    return pictureText(panel.image, panel.boxes ?? [], style);
  }
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
      const small = fitted(image, tile);
      const lines = pixelText(small, style).split("\n");
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

function hidden(panel: TilesPanel, style: TextStyle): string {
  const { shown } = arrangement(panel, style);
  const { length } = panel.tiles;
  return shown < length ? `There is room for ${shown} of ${length} here; --out draws them all.` : "";
}

const colorNames: Readonly<Partial<Record<ColorMap, readonly [low: string, high: string]>>> = {
  viridis: ["dark blue", "yellow"],
  inferno: ["black", "light yellow"],
  signed: ["blue", "red"],
};

function legend({ map, from, to, label, ends }: ColorScale, { colors }: TextStyle): string {
  const [low, high] = ends ?? [formatNumber(from), formatNumber(to)];
  const [cold, warm] = (colors !== "none" && colorNames[map]) || ["dark", "light"];
  return `${cold}: ${low}, ${warm}: ${high}${label ? `, ${label}` : ""}`;
}
