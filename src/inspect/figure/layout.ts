import { check, checkCount, checkIs, checkOptions, show } from "../../errors.js";
import type { Figure, Panel } from "./figure.js";
import { textWidth } from "./font.js";
import { pictureBlock } from "./picture-panel.js";
import { plotBlock } from "./plot-panel.js";
import { type Block, type Mark, moved, paragraph, type Scene, stacked } from "./scene.js";
import { tableBlock } from "./table-panel.js";
import { tilesBlock } from "./tiles-panel.js";

/** Width of what is drawn, where panels are not larger. */
const PAGE = 880;
const BORDER = 24;
const GAP = 32;
/** Lines of text are no longer. */
const LINE_WIDTH = 560;
/** A single picture is no larger unless it asks to be. */
const PICTURE = 448;
/** Panels are at least so wide, for the sake of their words. */
const LEAST = 120;

const NOTHING: Block = { width: 0, height: 0, marks: [] };
const title = { size: 2, bold: true };

/** Where everything in a figure is. A bare one has no title, text and border. */
export function layout(figure: Figure, bare = false): Scene {
  checkFigure(figure);
  const columns = figure.columns ?? usualColumns(figure.panels);
  const share = Math.floor((PAGE - (columns - 1) * GAP) / columns);
  const panels = figure.panels.map((panel) => panelBlocks(panel, share));
  const rows = arranged(panels, figure.columns);
  const words = bare ? "" : (figure.text ?? "");
  const inside = Math.max(
    ...rows.map(({ width }) => width),
    bare ? 0 : Math.min(LINE_WIDTH, textWidth(figure.title, title)),
    Math.min(LINE_WIDTH, textWidth(words)),
  );
  const heading = bare ? [] : [paragraph(figure.title, inside, title)];
  if (words !== "") heading.push(paragraph(words, Math.min(inside, LINE_WIDTH), { ink: "soft" }));
  const all = stacked([...(bare ? [] : [stacked(heading, 4)]), ...rows], 24);
  const border = bare ? 0 : BORDER;
  return {
    title: figure.title,
    description: [
      figure.text,
      ...figure.panels.map((panel) => [panel.title, panel.caption].filter(Boolean).join(": ")),
    ]
      .filter(Boolean)
      .join("\n"),
    width: Math.ceil(inside) + 2 * border,
    height: Math.ceil(all.height) + 2 * border,
    marks: moved(all.marks, border, border),
  };
}

function checkFigure(figure: Figure): void {
  checkOptions("figure", figure, ["title", "text", "panels", "columns"]);
  if (figure.columns !== undefined) checkCount("figure: columns", figure.columns);
  checkIs(Array.isArray(figure.panels), "figure: panels", figure.panels, "a list of panels");
  check(figure.panels.length > 0, "figure: it has no panels. Give at least one.");
  for (const { kind } of figure.panels) {
    check(
      kind in kinds,
      () => `figure: a panel's kind is ${show(kind)}; it must be one of ${Object.keys(kinds).join(", ")}.`,
    );
  }
}

const kinds: { readonly [K in Panel["kind"]]: (panel: Extract<Panel, { kind: K }>, room: number) => Block } =
  {
    picture: pictureBlock,
    tiles: tilesBlock,
    plot: plotBlock,
    table: tableBlock,
  };

/** How many panels share a row, before their widths are known. */
function usualColumns(panels: readonly Panel[]): number {
  const most = panels.every(({ kind }) => kind === "picture") ? 4 : 2;
  return Math.max(1, Math.min(panels.length, most));
}

/** A panel in parts: those of neighbours begin at the same height. */
interface PanelBlocks {
  readonly heading: Block;
  readonly content: Block;
  readonly caption: Block | undefined;
  readonly width: number;
}

function panelBlocks(panel: Panel, share: number): PanelBlocks {
  // Tiles and tables take what they need, pictures and plots what the others leave.
  const isWide = panel.kind === "tiles" || panel.kind === "table";
  const draw = kinds[panel.kind] as (panel: Panel, room: number) => Block;
  const content = draw(panel, isWide ? PAGE : panel.kind === "picture" ? Math.min(share, PICTURE) : share);
  const words = Math.max(content.width, Math.min(share, 2 * LEAST));
  const heading = panel.title === "" ? NOTHING : paragraph(panel.title, words, { bold: true });
  const caption = !panel.caption
    ? undefined
    : paragraph(panel.caption, Math.min(words, LINE_WIDTH), { ink: "soft" });
  return {
    heading,
    content,
    caption,
    width: Math.max(LEAST, content.width, heading.width, caption?.width ?? 0),
  };
}

/** Panels in rows: so many in each, or as many as there is room for, in rows as long as each other if they are alike. */
function arranged(panels: readonly PanelBlocks[], columns: number | undefined): Block[] {
  const widest = Math.max(...panels.map(({ width }) => width));
  const fit = Math.max(1, Math.floor((PAGE + GAP) / (widest + GAP)));
  const isAlike = panels.every(({ width }) => width > widest / 2);
  // What stands in several rows of alike panels stands below each other.
  const least = isAlike && panels.length > (columns ?? fit) ? widest : 0;
  const inRow =
    columns ?? (isAlike ? Math.ceil(panels.length / Math.ceil(panels.length / fit)) : panels.length);
  const rows: PanelBlocks[][] = [];
  let room = 0;
  for (const panel of panels) {
    const row = rows.at(-1);
    if (row && row.length < inRow && (columns !== undefined || isAlike || panel.width <= room))
      row.push(panel);
    else {
      rows.push([panel]);
      room = PAGE;
    }
    room -= panel.width + GAP;
  }
  return rows.map((row) => rowBlock(row, least));
}

function rowBlock(row: readonly PanelBlocks[], least: number): Block {
  const top = Math.max(...row.map(({ heading }) => heading.height));
  const marks: Mark[] = [];
  let [x, height] = [0, 0];
  for (const { heading, content, caption, width } of row) {
    const block = stacked([{ ...heading, height: top }, content, ...(caption ? [caption] : [])], 8);
    marks.push(...moved(block.marks, x, 0));
    x += Math.max(width, least) + GAP;
    height = Math.max(height, block.height);
  }
  return { width: x - GAP, height, marks };
}
