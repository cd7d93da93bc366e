import type { TerminalColors } from "../../inspect/index.js";

/** How a figure is set in the terminal. */
export interface TextStyle {
  readonly width: number;
  readonly colors: TerminalColors;
  readonly bold: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** Words in lines of at most `width` characters. */
export function folded(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const longer = lines.at(-1) === "" ? word : `${lines.at(-1)} ${word}`;
    if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
