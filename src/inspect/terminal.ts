import { check, checkOptions } from "../errors.js";
import { checkImage, type Image } from "../image/image.js";
import type { Rgb } from "./color-map.js";

/** What a terminal can show: 24-bit colours, the 256 of xterm, or none. */
export type TerminalColors = "true" | "256" | "none";

const RESET = "\x1b[0m";

/**
 * A picture as text: each character shows two pixels, one above the other. Without colours, the light ones are filled.
 */
export function toTerminal(image: Image, options: { colors?: TerminalColors } = {}): string {
  checkImage("toTerminal", image);
  checkOptions("toTerminal", options, ["colors"]);
  const { colors = "true" } = options;
  check(
    ["true", "256", "none"].includes(colors),
    () => `toTerminal: unknown colors "${colors}". It takes: true, 256, none.`,
  );
  const { width, height } = image;
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    let line = "";
    let last = "";
    for (let x = 0; x < width; x++) {
      const upper = pixel(image, x, y);
      const lower = y + 1 < height ? pixel(image, x, y + 1) : null;
      if (colors === "none") {
        line += " ▀▄█"[(isLight(upper) ? 1 : 0) + (lower && isLight(lower) ? 2 : 0)];
        continue;
      }
      const code = `\x1b[${foreground(upper, colors)};${lower ? background(lower, colors) : "49"}m`;
      line += code === last ? "▀" : `${code}▀`;
      last = code;
    }
    lines.push(colors === "none" ? line.trimEnd() : line + RESET);
  }
  return lines.join("\n");
}

/** The colour of a pixel, on black where it is transparent. */
function pixel({ width, channels, data }: Image, x: number, y: number): Rgb {
  const at = (y * width + x) * channels;
  const opacity = channels === 4 ? data[at + 3]! / 255 : 1;
  const sample = (c: number): number => Math.round(data[channels === 1 ? at : at + c]! * opacity);
  return [sample(0), sample(1), sample(2)];
}

function isLight([red, green, blue]: Rgb): boolean {
  return 0.299 * red + 0.587 * green + 0.114 * blue >= 127.5;
}

function foreground(color: Rgb, colors: TerminalColors): string {
  return colors === "true" ? `38;2;${color.join(";")}` : `38;5;${nearest256(color)}`;
}

function background(color: Rgb, colors: TerminalColors): string {
  return colors === "true" ? `48;2;${color.join(";")}` : `48;5;${nearest256(color)}`;
}

const CUBE = [0, 95, 135, 175, 215, 255];

/** The nearest of xterm's colours: a cube of 6 x 6 x 6, from number 16 on, and 24 greys, from number 232 on. */
function nearest256(color: Rgb): number {
  const sides = color.map((sample) => nearestIndex(CUBE, sample)) as [number, number, number];
  const inCube = sides.map((side) => CUBE[side]!);
  const mean = (color[0] + color[1] + color[2]) / 3;
  const gray = Math.min(Math.max(Math.round((mean - 8) / 10), 0), 23);
  const distance = (other: readonly number[]): number =>
    other.reduce((sum, sample, c) => sum + (sample - color[c]!) ** 2, 0);
  const level = 8 + 10 * gray;
  if (distance([level, level, level]) < distance(inCube)) return 232 + gray;
  return 16 + 36 * sides[0] + 6 * sides[1] + sides[2];
}

function nearestIndex(levels: readonly number[], sample: number): number {
  let best = 0;
  for (const [i, level] of levels.entries()) {
    if (Math.abs(level - sample) < Math.abs(levels[best]! - sample)) best = i;
  }
  return best;
}
