import { check } from "../../errors.js";
import { colorBar } from "./color-bar.js";
import type { TilesPanel } from "./figure.js";
import { enlargement } from "./fit.js";
import { fitted, LINE, textWidth } from "./font.js";
import { type Block, type Mark, stacked, text } from "./scene.js";

const GAP = 12;
/** Tiles are made so small that all of them take about so much of a page's width, in height. */
const PORTION = 0.6;
const MOST_SIDE = 160;
const MOST_ZOOM = 16;

/** Pictures in rows, as many in each as there is room for. */
export function tilesBlock({ tiles, scale, title, ...given }: TilesPanel, room: number): Block {
  check(tiles.length > 0, () => `figure: panel "${title}" has no tiles. Leave it out.`);
  const side = Math.min(MOST_SIDE, Math.sqrt((room * room * PORTION) / tiles.length) - GAP);
  const largest = tiles.reduce((most, { image }) => Math.max(most, image.width, image.height), 1);
  const zoom = given.zoom ?? enlargement(Math.max(side, 8) / largest, MOST_ZOOM);
  const sizes = tiles.map(
    ({ image }) => [Math.ceil(image.width * zoom), Math.ceil(image.height * zoom)] as const,
  );
  const names = tiles.map(({ label = "" }) => textWidth(label));
  const widest = Math.max(...sizes.map(([w]) => w));
  // A long name may be wider than its picture, but not all of a narrow picture's neighbours need to move far for it.
  const width = Math.max(widest, Math.min(Math.max(...names), Math.max(2 * widest, 72)));
  const height = Math.max(...sizes.map(([, h]) => h)) + (names.some((name) => name > 0) ? LINE + 2 : 0);
  const fit = Math.max(1, Math.min(tiles.length, Math.floor((room + GAP) / (width + GAP))));
  // Rows as long as each other, rather than a short one at the end.
  const columns = given.columns ?? Math.ceil(tiles.length / Math.ceil(tiles.length / fit));
  const rows = Math.ceil(tiles.length / columns);
  const marks = tiles.flatMap(({ image, label }, i): Mark[] => {
    const [x, y] = [(i % columns) * (width + GAP), Math.floor(i / columns) * (height + GAP)];
    const [w, h] = sizes[i]!;
    return [
      { kind: "picture", image, x, y, width: w, height: h },
      ...(label ? [text(fitted(label, width), x, y + h + 12, { ink: "soft" })] : []),
    ];
  });
  const grid = { width: columns * (width + GAP) - GAP, height: rows * (height + GAP) - GAP, marks };
  return stacked([grid, ...(scale ? [colorBar(scale, grid.width)] : [])], 16);
}
