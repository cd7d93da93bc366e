/** A part of a source, from its first character up to, not including, its end. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is wrong with a source, and where. */
export class Mistake extends Error {
  override name = "Mistake";

  constructor(
    message: string,
    readonly span: Span,
  ) {
    super(message);
  }
}

/** Line and column of a place, both counted from 1. */
export function lineOf(source: string, place: number): { line: number; column: number } {
  const before = source.slice(0, place).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** `Did you mean conv2d?` where a known name is like the one that is not; nothing otherwise. */
export function guess(name: string, known: Iterable<string>): string {
  let [best, least] = ["", Math.max(1, Math.floor(name.length / 3)) + 1];
  for (const candidate of known) {
    const wrong = distance(name.toLowerCase(), candidate.toLowerCase());
    if (wrong < least) [best, least] = [candidate, wrong];
  }
  if (best) return ` Did you mean ${best}?`;
  const longer = [...known].find((candidate) => name.length > 2 && candidate.startsWith(name));
  return longer ? ` Did you mean ${longer}?` : "";
}

/** How many letters must be put in, left out or replaced (Levenshtein, 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
