// What goes to the terminal, and what it can show.

import { styleText } from "node:util";
import type { TerminalColors } from "../inspect/index.js";

/** Columns where nobody says how many there are. */
const COLUMNS = 100;

export function columns(): number {
  return process.stdout.columns || COLUMNS;
}

export function print(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** Says, beside the results, what was taken for granted. */
export function note(text: string): void {
  process.stderr.write(`note: ${text}\n`);
}

/** As JSON for people too: numbers in a list stay on a line. */
export function printJson(value: unknown): void {
  const list = /\[\s+(-?[\d.e+-]+(?:,\s+-?[\d.e+-]+)*)\s+\]/g;
  const joined = (_: string, numbers: string): string => `[${numbers.replace(/\s+/g, " ")}]`;
  print(JSON.stringify(value, null, 2).replace(list, joined));
}

/** Colours of standard output: none unless it is a terminal, or FORCE_COLOR asks for them (https://force-color.org). */
export function colorsOf(stream: NodeJS.WriteStream = process.stdout): TerminalColors {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR || FORCE_COLOR === "0") return "none";
  if (FORCE_COLOR) return FORCE_COLOR === "1" || FORCE_COLOR === "2" ? "256" : "true";
  if (!stream.isTTY) return "none";
  const depth = stream.getColorDepth();
  return depth >= 24 ? "true" : depth >= 8 ? "256" : "none";
}

export function bold(text: string): string {
  return colorsOf() === "none" ? text : styleText("bold", text);
}

export function red(text: string): string {
  return colorsOf() === "none" ? text : styleText("red", text);
}

export function faint(text: string): string {
  return colorsOf() === "none" ? text : styleText("dim", text);
}
