import { bands } from "./glyphs.js";

/** From one line of text to the next. */
export const LINE = 14;
/** How high capitals are above the line that letters stand on. */
export const CAPITALS = 8;

const SPACE = 4;
/** Of characters that stand in a square, as Chinese ones. */
const SQUARE = 12;
const UNKNOWN = "�";

/** How a text is set. */
export interface Type {
  /** How many times as large as the rest. Default 1. */
  readonly size?: number;
  readonly bold?: boolean;
}

/** A character in pixels. */
export interface Glyph {
  readonly width: number;
  /** Whether the pixel is inked, row by row. */
  readonly inked: readonly boolean[];
}

const glyphs = new Map<string, Glyph>();
for (const [characters, text] of bands) {
  const rows = text.trim().split("\n");
  const parts = rows.map((row) => row.split(" "));
  for (const [i, character] of [...characters].entries()) {
    const inked = parts.flatMap((row) => [...row[i]!].map((pixel) => pixel === "#"));
    glyphs.set(character, { width: parts[0]![i]!.length, inked });
  }
}

/** The pixels of a character: of its letter where an accent is unknown, a frame where the character is. Null for a space. */
export function glyphOf(character: string): Glyph | null {
  if (/\s/.test(character)) return null;
  return glyphs.get(character) ?? glyphs.get(character.normalize("NFD")[0]!) ?? glyphs.get(UNKNOWN)!;
}

/** From the beginning of a character to that of the next. */
export function advance(character: string, { size = 1, bold = false }: Type = {}): number {
  const isKnown = glyphs.has(character) || glyphs.has(character.normalize("NFD")[0]!);
  const width = !isKnown && character >= "\u1100" ? SQUARE : glyphOf(character)?.width;
  return width === undefined ? size * SPACE : size * (width + 1) + (bold ? 1 : 0);
}

/** Width of a line of text, in pixels of the glyphs. Other typefaces of that size take about as much. */
export function textWidth(text: string, type: Type = {}): number {
  let width = 0;
  for (const character of text) width += advance(character, type);
  return width;
}

/** The text, or as much of it as fits and an ellipsis. */
export function fitted(text: string, width: number, type: Type = {}): string {
  if (textWidth(text, type) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join("")}…`, type) > width) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/** The text in lines that fit: broken between words, inside only those that are longer than a line. */
export function wrapped(text: string, width: number, type: Type = {}): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/\s+/).flatMap((whole) => pieces(whole, width, type))) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (textWidth(longer, type) <= width) line = longer;
      else {
        lines.push(line);
        line = word;
      }
    }
    lines.push(line);
  }
  return lines;
}

function pieces(word: string, width: number, type: Type): string[] {
  const parts = [""];
  for (const character of word) {
    const longer = parts.at(-1)! + character;
    if (textWidth(longer, type) <= width || longer === character) parts[parts.length - 1] = longer;
    else parts.push(character);
  }
  return parts;
}

/** A glyph in larger pixels, its slopes smoothed at each doubling; bold ones are a pixel of the type thicker. */
export function enlarged(glyph: Glyph, times: number, { size = 1, bold = false }: Type = {}): Glyph {
  const plain = multiplied(glyph, size);
  return multiplied(bold ? thickened(plain) : plain, times);
}

function multiplied(glyph: Glyph, times: number): Glyph {
  let [result, rest] = [glyph, times];
  for (; rest % 2 === 0; rest /= 2) result = doubled(result);
  return rest === 1 ? result : repeated(result, rest);
}

function thickened(glyph: Glyph): Glyph {
  const at = pixelOf(glyph);
  return drawn(glyph.width + 1, glyph.inked.length / glyph.width, (x, y) => at(x, y) || at(x - 1, y));
}

/** Scale2x (Mazzoleni, 2001): a quarter of a pixel takes the colour of two neighbours that agree beside it. */
function doubled(glyph: Glyph): Glyph {
  const at = pixelOf(glyph);
  return drawn(glyph.width * 2, (glyph.inked.length / glyph.width) * 2, (x, y) => {
    const [px, py] = [x >> 1, y >> 1];
    const [dx, dy] = [x % 2 === 0 ? -1 : 1, y % 2 === 0 ? -1 : 1];
    const [beside, above] = [at(px + dx, py), at(px, py + dy)];
    const isSlope = beside === above && beside !== at(px, py - dy) && above !== at(px - dx, py);
    return isSlope ? beside : at(px, py);
  });
}

function repeated(glyph: Glyph, times: number): Glyph {
  const at = pixelOf(glyph);
  const rows = glyph.inked.length / glyph.width;
  return drawn(glyph.width * times, rows * times, (x, y) => at(Math.floor(x / times), Math.floor(y / times)));
}

function pixelOf({ width, inked }: Glyph): (x: number, y: number) => boolean {
  return (x, y) => x >= 0 && x < width && (inked[y * width + x] ?? false);
}

function drawn(width: number, height: number, at: (x: number, y: number) => boolean): Glyph {
  return {
    width,
    inked: Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width))),
  };
}
