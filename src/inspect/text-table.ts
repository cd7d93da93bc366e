/** A column of a {@link textTable}. */
export interface Column {
  readonly title: string;
  /** Numbers stand on the right. */
  readonly right?: boolean;
  /** Where the table is too wide, long cells lose their middle. */
  readonly shrinks?: boolean;
}

const GAP = "  ";
const LEAST = 8;

/** Rows of text under titles and a rule, in at most `width` columns if those that shrink allow. */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = 100,
): string {
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const total = (): number => widths.reduce((a, b) => a + b, (columns.length - 1) * GAP.length);
  while (total() > width) {
    const widest = Math.max(...columns.map(({ shrinks }, i) => (shrinks ? widths[i]! : 0)));
    if (widest <= LEAST) break;
    widths[columns.findIndex(({ shrinks }, i) => shrinks && widths[i] === widest)]!--;
  }
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const text = shorten(cell, widths[i]!);
        return columns[i]!.right ? text.padStart(widths[i]!) : text.padEnd(widths[i]!);
      })
      .join(GAP)
      .trimEnd();
  const rule = "─".repeat(total());
  return [line(columns.map(({ title }) => title)), rule, ...rows.map(line), rule].join("\n");
}

/** The text with an ellipsis for its middle where it is longer than `length`. */
function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.floor((length - 1) / 2);
  return `${text.slice(0, length - 1 - end)}…${text.slice(text.length - end)}`;
}
