import { checkCount, checkIs, checkOptions } from "../../errors.js";
import type { Model } from "../../layers/model.js";
import type { Shape } from "../../tensor.js";
import { outlineOf } from "../layer-nodes.js";
import { drawnShape, formatBytes, formatCount } from "../numbers.js";
import { type LayerSummary, summary } from "../summary.js";
import { blockOf, type Largest, largestOf } from "./blocks.js";
import { type Face, GAP, type Places, placeItems } from "./boxes.js";
import type { DiagramBlock, DiagramEdge, DiagramLayout, DiagramPanel, Point } from "./data.js";
import { flowOf } from "./flow.js";
import { pathOf } from "./route.js";
import { type Inset, sceneOf } from "./scene.js";
import { textWidth, wrapped } from "./text.js";
import type { Unit } from "./units.js";
import { type Kind, kindNames } from "./words.js";

/** What a picture of a network shows. */
export interface DiagramLayoutOptions {
  /**
   * Layers whose names have more parts than this, as "layer1.0.conv1" has three, are shown inside of one block. "auto",
   * the default: all layers, or where they are too many, modules with branches as one block each; equal ones in a row are
   * drawn once, and what they have inside below.
   */
  depth?: number | "auto";
  /** Pixels on the screen, at most. Default 1200. */
  width?: number;
  /** Default: the name of the network's type. */
  title?: string;
}

const MARGIN = 20;
/** So few blocks are drawn larger. */
const FEW = 14;
/** Blocks that all layers may have in a picture of 1200 pixels. */
const MOST = 40;
const PANEL_HEAD = 44;
const PANEL_SIDE = 14;
const PANEL_GAP = 16;

export const layoutOptions = ["depth", "width", "title"];

/** Where everything in a picture of the network lies: see {@link networkDiagram}. Nothing is computed. */
export function diagramLayout(model: Model, options: DiagramLayoutOptions = {}): DiagramLayout {
  checkOptions("diagramLayout", options, layoutOptions);
  return layOut("diagramLayout", model, options);
}

/** The same for options that were checked. `what` is named by errors. */
export function layOut(what: string, model: Model, options: DiagramLayoutOptions): DiagramLayout {
  const { depth = "auto", width = 1200, title } = options;
  if (depth !== "auto") checkCount(`${what}: depth`, depth);
  checkCount(`${what}: width`, width, 240);
  checkIs(title === undefined || typeof title === "string", `${what}: title`, title, "a text");
  const outline = outlineOf(what, model);
  const { layers, parameters, macs, peakBytes } = summary(model);
  const scene = sceneOf(outline, depth, Math.max(12, Math.round((MOST * width) / 1200)));
  const hasBatch = model.ports[0]?.batch !== false;
  const tallest = width < 700 ? 72 : scene.units.length > FEW ? 100 : 140;
  const all = [...scene.units, ...scene.insets.flatMap(({ units }) => units)];
  const largest = largestOf(all.map(({ shape }) => (hasBatch ? shape.slice(1) : shape)));

  const text = wrapped(
    [
      `${formatCount(parameters)} parameters`,
      `${formatCount(macs)} multiply-adds`,
      `${formatBytes(peakBytes)} of memory for one input`,
    ],
    width - 2 * MARGIN,
    13,
  );
  const kinds = new Set(all.map(({ kind }) => kind));
  const head = MARGIN + 26 + text.length * 18;
  const { legend, bottom: legendBottom } = legendOf(kinds, width, head + 22);

  const drawing = new Drawing(layers, hasBatch, largest, tallest);
  const whole = drawing.draw(scene.units, MARGIN, legendBottom + 32, width - 2 * MARGIN - 10, undefined);
  const panels = placePanels(scene.insets, drawing, whole.bottom + 36, width);
  const called = title ?? model.network.type;
  const right = Math.max(
    MARGIN + whole.width + 10,
    MARGIN + textWidth(called, 20, true),
    ...text.map((line) => MARGIN + textWidth(line, 13)),
    ...legend.map(({ text: name, at: [x] }) => x + 18 + textWidth(name, 12)),
    ...panels.map((panel) => panel.x + panel.width),
  );
  return {
    width: Math.min(width, Math.ceil(right + MARGIN)),
    height: Math.ceil(Math.max(whole.bottom, ...panels.map((panel) => panel.y + panel.height)) + MARGIN),
    title: called,
    text,
    legend,
    blocks: drawing.blocks,
    edges: drawing.edges,
    panels,
  };
}

/** Gathers blocks and edges. */
class Drawing {
  readonly blocks: DiagramBlock[] = [];
  readonly edges: DiagramEdge[] = [];
  readonly #layers: ReadonlyMap<string, LayerSummary>;

  constructor(
    layers: readonly LayerSummary[],
    readonly hasBatch: boolean,
    readonly largest: Largest,
    readonly tallest: number,
  ) {
    this.#layers = new Map(layers.map((layer) => [layer.name, layer]));
  }

  /** Adds units in rows from x and y on; returns how far they reach. */
  draw(units: readonly Unit[], x: number, y: number, width: number, panel: number | undefined) {
    const faces = new Map(units.map((unit) => [unit, this.#face(unit)]));
    const places: Places = { spots: new Map(), overs: new Map() };
    const size = placeItems(flowOf(units), faces, places, { x, y, width });
    const first = this.blocks.length;
    for (const unit of units) this.blocks.push(this.#block(unit, faces.get(unit)!, places, panel));
    units.forEach((unit, to) => {
      for (const input of unit.inputs) {
        const points = pathOf(input, unit, places);
        const training = unit.training || input.training;
        this.edges.push({ from: first + units.indexOf(input), to: first + to, points, training });
      }
    });
    return size;
  }

  #shape({ shape }: Unit): Shape {
    return this.hasBatch ? shape.slice(1) : shape;
  }

  #face(unit: Unit): Face {
    const shape = this.#shape(unit);
    const block = blockOf(shape, this.largest, this.tallest);
    const lines = linesOf(unit);
    const label = drawnShape(shape, "×");
    const sign = unit.join === undefined ? 0 : signWidth(unit.join) + 10;
    const arrow =
      unit.kind === "input" ? 0 : Math.max(26, ...lines.map((line, i) => textWidth(line, 11, i === 0) + 10));
    const own = Math.max(sign + arrow, sign + 16) + block.width + block.backX;
    const wide = unit.kind === "input" ? Math.max(own, textWidth(lines[0]!, 11)) : own;
    return { block, lines, label, width: Math.max(wide, textWidth(label, 11) + 2) + GAP };
  }

  #block(
    unit: Unit,
    { block, lines, label }: Face,
    { spots }: Places,
    panel: number | undefined,
  ): DiagramBlock {
    const { x, y, blockX, end } = spots.get(unit)!;
    const { width, height, backX, backY } = block;
    const top = y - (height + backY) / 2 + backY;
    const signed = unit.join === undefined ? 0 : signWidth(unit.join);
    const isInput = unit.kind === "input";
    return {
      ...{ name: nameOf(unit), layers: unit.layers, kind: unit.kind },
      shape: this.#shape(unit),
      ...{ x: blockX, y: top, width, height, backX, backY, lines },
      linesAt: isInput
        ? [end - GAP, top - backY - 6]
        : [(x + signed + blockX) / 2, y - 7 - (unit.join ? 4 : 0)],
      label,
      labelAt: [end - GAP, top + height + 13],
      ...(unit.join !== undefined && { sign: { text: unit.join, at: [x + signed / 2, y] as Point } }),
      times: unit.times,
      training: unit.training,
      description: this.#describe(unit, label),
      ...(panel !== undefined && { panel }),
    };
  }

  #describe(unit: Unit, label: string): string {
    const rows = unit.layers.map((name) => this.#layers.get(name)).filter((row) => row !== undefined);
    const sum = (of: (row: LayerSummary) => number): number =>
      rows.reduce((total, row) => total + of(row), 0);
    const [parameters, macs] = [sum((row) => row.parameters), sum((row) => row.macs)];
    const name = nameOf(unit);
    // In the order in which it stands in the picture, so that whoever reads that aloud is understood.
    const what = [unit.join, ...linesOf(unit), label].filter(Boolean).join(", ");
    return [
      name === "" || what.startsWith(name) ? what : `${name}: ${what}`,
      label.includes("×") && "height × width × channels",
      parameters > 0 && `${formatCount(parameters)} parameters`,
      macs > 0 && `${formatCount(macs)} multiply-adds`,
      unit.training && "only in training",
    ]
      .filter(Boolean)
      .join(". ");
  }
}

/** Pixels of a sum's circle, or of the word for another join. */
export function signWidth(sign: string): number {
  return sign.length === 1 ? 18 : textWidth(sign, 10) + 12;
}

/** What a layer of others adds itself goes by its name, as the sum of a residual. */
const nameOf = ({ name, layers }: Unit): string => name || (layers[0] ?? "");

function linesOf({ lines, after, times }: Unit): string[] {
  const all = [...lines];
  let last = "";
  for (const word of after) {
    const longer = last === "" ? word : `${last}, ${word}`;
    if (last !== "" && longer.length > 14) all.push(last);
    last = last !== "" && longer.length > 14 ? word : longer;
  }
  if (last !== "") all.push(last);
  return times > 1 ? [...all, `${times} times`] : all;
}

function legendOf(kinds: ReadonlySet<Kind>, width: number, y: number) {
  const legend: { kind: Kind; text: string; at: Point }[] = [];
  let at = MARGIN;
  let line = y;
  for (const kind of Object.keys(kindNames) as Kind[]) {
    if (!kinds.has(kind)) continue;
    const text = kindNames[kind];
    const wide = textWidth(text, 12) + 36;
    if (at > MARGIN && at + wide > width) {
      at = MARGIN;
      line += 20;
    }
    legend.push({ kind, text, at: [at, line] });
    at += wide;
  }
  return { legend, bottom: line };
}

/** Panels with modules, beside one another where there is room. */
function placePanels(insets: readonly Inset[], drawing: Drawing, top: number, width: number): DiagramPanel[] {
  const panels: DiagramPanel[] = [];
  let [x, y, tallest] = [MARGIN, top, 0];
  insets.forEach((inset, i) => {
    const inner = width - 2 * MARGIN - 2 * PANEL_SIDE - 10;
    const title = inset.name;
    const text = [
      title !== inset.record.name && `inside ${inset.record.name}`,
      inset.alike > 1 && `${inset.alike - 1} more of this kind`,
    ]
      .filter(Boolean)
      .join(", ");
    // Once to see how wide it is.
    const trial = new Drawing([], drawing.hasBatch, drawing.largest, drawing.tallest);
    const need =
      Math.max(trial.draw(inset.units, 0, 0, inner, i).width, textWidth(text, 12)) + 2 * PANEL_SIDE + 10;
    if (x > MARGIN && x + need > width - MARGIN) {
      [x, y, tallest] = [MARGIN, y + tallest + PANEL_GAP, 0];
    }
    const { bottom } = drawing.draw(inset.units, x + PANEL_SIDE, y + PANEL_HEAD + 14, inner, i);
    const height = bottom + 12 - y;
    panels.push({ title, text, x, y, width: Math.min(need, width - 2 * MARGIN), height });
    x += need + PANEL_GAP;
    tallest = Math.max(tallest, height);
  });
  return panels;
}
