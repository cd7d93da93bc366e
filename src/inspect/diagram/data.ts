import type { Shape } from "../../tensor.js";
import type { Kind } from "./words.js";

/** In pixels. */
export type Point = readonly [x: number, y: number];

/** A tensor, with what makes it; all in pixels. */
export interface DiagramBlock {
  /** The layer; empty for inputs and for what belongs to none. */
  readonly name: string;
  /** All layers that the block stands for. */
  readonly layers: readonly string[];
  readonly kind: Kind;
  /** Of the tensor, without the batch: [c, h, w]. */
  readonly shape: Shape;
  /** The front, from its upper left corner on. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** How far the back lies to the right and up. */
  readonly backX: number;
  readonly backY: number;
  /** What makes it, above the arrow that leads to it. */
  readonly lines: readonly string[];
  readonly linesAt: Point;
  /** Its shape in words, height × width × channels; ends there, below. */
  readonly label: string;
  readonly labelAt: Point;
  /** A sum, product or concatenation of what arrives. */
  readonly sign?: { readonly text: string; readonly at: Point };
  /** Equal modules one after the other. */
  readonly times: number;
  /** Only training computes it. */
  readonly training: boolean;
  /** In words, for those who cannot see it. */
  readonly description: string;
  /** Which of the panels it is in, if any. */
  readonly panel?: number;
}

/** An arrow between two blocks, by their places in the list. */
export interface DiagramEdge {
  readonly from: number;
  readonly to: number;
  readonly points: readonly Point[];
  readonly training: boolean;
}

/** What a module has inside. */
export interface DiagramPanel {
  readonly title: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture of a network as data. */
export interface DiagramLayout {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** Totals, line by line. */
  readonly text: readonly string[];
  /** Kinds of blocks that there are, with their names and where these begin. */
  readonly legend: readonly { readonly kind: Kind; readonly text: string; readonly at: Point }[];
  readonly blocks: readonly DiagramBlock[];
  readonly edges: readonly DiagramEdge[];
  readonly panels: readonly DiagramPanel[];
}
