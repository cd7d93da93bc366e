import type { Image } from "../../image/index.js";
import { LINE, type Type, textWidth, wrapped } from "./font.js";
import type { Palette } from "./palette.js";

/** A figure as marks at places: what both renderers draw. Lengths are CSS pixels, from the top left. */
export interface Scene extends Block {
  readonly title: string;
  /** What the figure shows, in words. */
  readonly description: string;
}

/** Marks within a rectangle. */
export interface Block {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

export type Mark = TextMark | RectangleMark | LineMark | DiscMark | PictureMark;

/** A colour of the palette, or one that does not depend on it. */
export type Ink = keyof Palette | `#${string}`;

/** As #rrggbb. */
export function colorOfInk(ink: Ink, palette: Palette): string {
  return ink.startsWith("#") ? ink : palette[ink as keyof Palette];
}

export interface TextMark extends Type {
  readonly kind: "text";
  readonly text: string;
  readonly x: number;
  /** Of the line that letters stand on. */
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  readonly ink: Ink;
}

export interface RectangleMark {
  readonly kind: "rectangle";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly ink: Ink;
}

export interface LineMark {
  readonly kind: "line";
  /** x and y of each point. */
  readonly points: readonly number[];
  readonly width: number;
  readonly ink: Ink;
}

export interface DiscMark {
  readonly kind: "disc";
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly ink: Ink;
}

/** A picture stretched over a rectangle, its pixels as squares where they are enlarged. */
export interface PictureMark {
  readonly kind: "picture";
  readonly image: Image;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line of text. */
export function text(
  value: string,
  x: number,
  y: number,
  { anchor = "start", ink = "ink", ...type }: Partial<Pick<TextMark, "anchor" | "ink">> & Type = {},
): TextMark {
  return { kind: "text", text: value, x, y, anchor, ink, ...type };
}

export function rectangle(x: number, y: number, width: number, height: number, ink: Ink): RectangleMark {
  return { kind: "rectangle", x, y, width, height, ink };
}

/** Text in lines that are no longer than `width`. */
export function paragraph(
  value: string,
  width: number,
  { ink = "ink", ...type }: { ink?: Ink } & Type = {},
): Block {
  const { size = 1 } = type;
  const lines = wrapped(value, width, type);
  return {
    width: Math.max(...lines.map((line) => textWidth(line, type))),
    height: lines.length * LINE * size,
    marks: lines.map((line, i) => text(line, 0, (i * LINE + 11) * size, { ink, ...type })),
  };
}

/** The marks at another place. */
export function moved(marks: readonly Mark[], right: number, down: number): Mark[] {
  return marks.map((mark) =>
    mark.kind === "line"
      ? { ...mark, points: mark.points.map((at, i) => at + (i % 2 === 0 ? right : down)) }
      : { ...mark, x: mark.x + right, y: mark.y + down },
  );
}

/** Blocks one below the other, `gap` apart. */
export function stacked(blocks: readonly Block[], gap: number): Block {
  let height = 0;
  const marks: Mark[] = [];
  for (const block of blocks) {
    if (height > 0) height += gap;
    marks.push(...moved(block.marks, 0, height));
    height += block.height;
  }
  return { width: Math.max(0, ...blocks.map(({ width }) => width)), height, marks };
}
