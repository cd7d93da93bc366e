/** How wide a text is at most in the usual fonts of pages, in pixels. */
export function textWidth(text: string, size: number, bold = false): number {
  return [...text].reduce((sum, letter) => sum + widthOf(letter), 0) * size * (bold ? 1.1 : 1);
}

function widthOf(letter: string): number {
  if (/[il.,:;|' ]/.test(letter)) return 0.35;
  if (/[mwMW]/.test(letter)) return 0.97;
  return /[A-Z×+]/.test(letter) ? 0.74 : 0.63;
}

/** Phrases in lines of at most so many pixels. */
export function wrapped(phrases: readonly string[], width: number, size: number): string[] {
  const lines: string[] = [];
  for (const phrase of phrases) {
    const longer = lines.length === 0 ? phrase : `${lines.at(-1)}  ·  ${phrase}`;
    if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(phrase);
  }
  return lines;
}
