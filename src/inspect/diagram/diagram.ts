import { checkFlags, checkOptions } from "../../errors.js";
import type { Model } from "../../layers/model.js";
import { LINE } from "./boxes.js";
import type { DiagramBlock, DiagramEdge, DiagramLayout, DiagramPanel, Point } from "./data.js";
import { type DiagramLayoutOptions, layOut, layoutOptions, signWidth } from "./layout.js";
import { diagramStyle, plainColors } from "./style.js";

export interface DiagramOptions extends DiagramLayoutOptions {
  /** Blocks of layers can be reached with the keyboard and are called buttons, by their titles; `data-layer` names the layer. Default false. */
  interactive?: boolean;
  /** With a style of its own, for a file. Default true; false is for pages, which have {@link diagramStyle} in theirs. */
  standalone?: boolean;
}

/**
 * A picture of a network, as SVG: a block for each tensor, its height and depth by its height and width, its thickness by
 * its channels, all by square roots; above the arrow to it, what makes it. Branches lie side by side. Made from the
 * network's graph, so of any network, imported ones included. Nothing is computed, and weights are not needed.
 */
export function networkDiagram(model: Model, options: DiagramOptions = {}): string {
  const what = "networkDiagram";
  checkOptions(what, options, [...layoutOptions, "interactive", "standalone"]);
  const { interactive = false, standalone = true, ...rest } = options;
  checkFlags(what, { interactive, standalone });
  return svgOf(layOut(what, model, rest), interactive, standalone);
}

const FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", Arial, sans-serif';

function svgOf(layout: DiagramLayout, interactive: boolean, standalone: boolean): string {
  const { width, height, title, text, legend, blocks, edges, panels } = layout;
  const spoken = `${title}: ${text.join(", ").replaceAll("  ·  ", ", ")}`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="diagram" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
      `font-family="${escaped(FONT)}" role="${interactive ? "group" : "img"}" aria-label="${escaped(spoken)}">`,
    standalone && `<style>${diagramStyle}</style>`,
    standalone && rect("paper", 0, 0, width, height, 0),
    write(title, [20, 38], 20, { weight: 650 }),
    ...text.map((line, i) => write(line, [20, 62 + i * 18], 13, { tone: "soft" })),
    ...legend.flatMap(({ kind, text: name, at: [x, y] }) => [
      rect(kind, x, y - 10, 12, 12, 2),
      write(name, [x + 18, y], 12, { tone: "soft" }),
    ]),
    ...panels.flatMap(panelOf),
    ...edges.map(arrow),
    ...blocks.map((block) => drawn(block, interactive)),
    "</svg>",
  ];
  return `${parts.filter(Boolean).join("\n")}\n`;
}

function panelOf({ title, text, x, y, width, height }: DiagramPanel): string[] {
  return [
    rect("panel", x, y, width, height, 8),
    write(title, [x + 14, y + 23], 14, { weight: 650 }),
    write(text, [x + 14, y + 40], 12, { tone: "soft" }),
  ];
}

function drawn(block: DiagramBlock, interactive: boolean): string {
  const { name, kind, lines, linesAt, label, labelAt, sign, training, description } = block;
  const [lx, ly] = linesAt;
  const isInput = kind === "input";
  const button =
    interactive && name !== "" ? ` data-layer="${escaped(name)}" tabindex="0" role="button"` : "";
  return [
    `<g class="block"${button}${training ? ' opacity="0.55"' : ""}>`,
    `<title>${escaped(description)}</title>`,
    ...solid(block),
    sign && signOf(sign, block),
    ...lines.map((line, i) =>
      write(line, [lx, ly - (lines.length - 1 - i) * LINE], 11, {
        anchor: isInput ? "end" : "middle",
        weight: i === 0 && !isInput ? 600 : 400,
      }),
    ),
    write(label, labelAt, 11, { anchor: "end", tone: "soft shape" }),
    "</g>",
  ]
    .filter(Boolean)
    .join("");
}

/** Front, top and right side. */
function solid({ kind, x, y, width, height, backX, backY, times, training }: DiagramBlock): string[] {
  const [right, bottom] = [x + width, y + height];
  const hull: Point[] = [
    [x, y],
    [x + backX, y - backY],
    [right + backX, y - backY],
    [right + backX, bottom - backY],
    [right, bottom],
    [x, bottom],
  ];
  const top: Point[] = [hull[0]!, hull[1]!, hull[2]!, [right, y]];
  const side: Point[] = [[right, y], hull[2]!, hull[3]!, hull[4]!];
  const color = plainColors[kind]!;
  const dashes = training ? ' stroke-dasharray="3 2"' : "";
  const seams = `M${point([x, y])}L${point([right, y])}L${point(hull[2]!)}M${point([right, y])}L${point([right, bottom])}`;
  return [
    `<path class="${kind}" fill="${color}" d="${closed(hull)}"/>`,
    `<path fill="#ffffff" fill-opacity="0.38" d="${closed(top)}"/>`,
    `<path fill="#000000" fill-opacity="0.2" d="${closed(side)}"/>`,
    `<path class="edge" fill="none" stroke="${plainColors.ink}" stroke-opacity="0.55" stroke-linejoin="round"${dashes} d="${closed(hull)}${seams}${
      times > 1 ? echo(hull) : ""
    }"/>`,
  ];
}

/** The lower edges once more, as of another block behind. */
function echo(hull: readonly Point[]): string {
  const moved = [hull[3]!, hull[4]!, hull[5]!].map(([x, y]): Point => [x + 3, y + 3]);
  return `M${moved.map(point).join("L")}`;
}

/** With an arrow from it to its block. */
function signOf({ text, at: [x, y] }: NonNullable<DiagramBlock["sign"]>, block: DiagramBlock): string {
  const wide = signWidth(text) - 2;
  const shape = `<rect class="sign" x="${round(x - wide / 2)}" y="${round(y - 8)}" width="${round(wide)}" height="16" rx="8" fill="${plainColors.paper}" stroke="${plainColors.line}"/>`;
  const out: Point[] = [
    [x + wide / 2, y],
    [block.x, y],
  ];
  return (
    arrow({ points: out, training: block.training }) +
    shape +
    write(text, [x, y + (text.length === 1 ? 5 : 3.5)], text.length === 1 ? 14 : 10, { anchor: "middle" })
  );
}

/** A line with round corners and a head; what leads out of a sum goes on to its block. */
function arrow({ points, training }: Pick<DiagramEdge, "points" | "training">): string {
  const [x, y] = points.at(-1)!;
  const [px, py] = points.at(-2)!;
  const down = y > py && Math.abs(x - px) < 1;
  const head: Point[] = down
    ? [
        [x, y],
        [x - 3.5, y - 7],
        [x + 3.5, y - 7],
      ]
    : [
        [x - 1, y],
        [x - 8, y - 3.5],
        [x - 8, y + 3.5],
      ];
  const dashes = training ? ' stroke-dasharray="4 3"' : "";
  return (
    `<path class="line" fill="none" stroke="${plainColors.line}" stroke-width="1.25"${dashes} d="${rounded(points, down)}"/>` +
    `<path class="head" fill="${plainColors.line}" d="${closed(head)}"/>`
  );
}

function rounded(points: readonly Point[], down: boolean): string {
  let path = `M${point(points[0]!)}`;
  points.slice(1).forEach((here, i) => {
    const before = points[i]!;
    const next = points[i + 2];
    if (!next) {
      path += `L${point(down ? [here[0], here[1] - 5] : [here[0] - 6, here[1]])}`;
      return;
    }
    const length = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
    const r = Math.min(6, length(before, here) / 2, length(here, next) / 2);
    const towards = (to: Point): Point => {
      const far = length(here, to) || 1;
      return [here[0] + ((to[0] - here[0]) / far) * r, here[1] + ((to[1] - here[1]) / far) * r];
    };
    path += `L${point(towards(before))}Q${point(here)} ${point(towards(next))}`;
  });
  return path;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const point = ([x, y]: Point): string => `${round(x)} ${round(y)}`;
const closed = (points: readonly Point[]): string => `M${points.map(point).join("L")}Z`;

function rect(tone: string, x: number, y: number, width: number, height: number, r: number): string {
  return `<rect class="${tone}" fill="${plainColors[tone]}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${r}"/>`;
}

interface TextStyle {
  readonly anchor?: "middle" | "end";
  readonly weight?: number;
  readonly tone?: string;
}

function write(
  text: string,
  at: Point,
  size: number,
  { anchor, weight = 400, tone = "" }: TextStyle,
): string {
  const color = tone.startsWith("soft") ? plainColors.soft : plainColors.ink;
  const extras = [
    tone && ` class="${tone}"`,
    anchor && ` text-anchor="${anchor}"`,
    weight !== 400 && ` font-weight="${weight}"`,
  ];
  return `<text x="${round(at[0])}" y="${round(at[1])}" font-size="${size}" fill="${color}"${extras.filter(Boolean).join("")}>${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]!,
  );
}
