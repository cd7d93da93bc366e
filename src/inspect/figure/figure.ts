import type { Image } from "../../image/index.js";
import type { ColorMap } from "../color-map.js";

/**
 * A picture that explains itself: panels with titles, captions, scales and axes, as data. `figureSvg` draws it for pages and
 * documents, `figureImage` in pixels for PNG files and terminals.
 */
export interface Figure {
  readonly title: string;
  /** What is to be seen, in a sentence or two. */
  readonly text?: string;
  readonly panels: readonly Panel[];
  /** Panels in a row. Default: as many as fit a page. */
  readonly columns?: number;
}

export type Panel = PicturePanel | TilesPanel | PlotPanel | TablePanel;

/** A picture, with what its colours mean and what is marked in it. */
export interface PicturePanel {
  readonly kind: "picture";
  readonly title: string;
  readonly caption?: string;
  readonly image: Image;
  /** Size of the picture's pixels on the screen. Default: large enough to see them. */
  readonly zoom?: number;
  /** What the colours mean. */
  readonly scale?: ColorScale;
  /** Rectangles around parts of it, in its pixels. */
  readonly boxes?: readonly Box[];
  /** Numbers to write into its pixels, row by row: for small matrices. NaN leaves a pixel empty. */
  readonly numbers?: ArrayLike<number>;
  /** Names along the top, at equal distances: of columns of pixels, or of what the picture is made of. */
  readonly xNames?: readonly string[];
  /** Names along the left, as those along the top. */
  readonly yNames?: readonly string[];
}

/** Small pictures side by side, each with a line of text below it. */
export interface TilesPanel {
  readonly kind: "tiles";
  readonly title: string;
  readonly caption?: string;
  readonly tiles: readonly Tile[];
  /** Size of the pictures' pixels on the screen. Default: as large as a page has room for. */
  readonly zoom?: number;
  /** Tiles in a row. Default: as many as fit. */
  readonly columns?: number;
  /** What the colours of all of them mean. */
  readonly scale?: ColorScale;
}

export interface Tile {
  readonly image: Image;
  readonly label?: string;
}

/** Colours from one number to another. */
export interface ColorScale {
  readonly map: ColorMap;
  readonly from: number;
  readonly to: number;
  /** What the numbers are, with their unit. */
  readonly label?: string;
  /** Words in place of the two numbers, where pictures have ranges of their own: "lowest", "highest". */
  readonly ends?: readonly [from: string, to: string];
}

/** A rectangle in pixels of a picture; it may reach beyond the border, where it is cut off. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label?: string;
}

/** Numbers against numbers. */
export interface PlotPanel {
  readonly kind: "plot";
  readonly title: string;
  readonly caption?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

export interface Axis {
  /** What the numbers are, with their unit. */
  readonly label: string;
  /** Powers of ten at equal distances. */
  readonly log?: boolean;
  /** Names in place of numbers, for 0, 1, 2, ... */
  readonly names?: readonly string[];
}

export interface Series {
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly style: "line" | "points" | "bars";
}

/** Words and numbers in rows. */
export interface TablePanel {
  readonly kind: "table";
  readonly title: string;
  readonly caption?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}
