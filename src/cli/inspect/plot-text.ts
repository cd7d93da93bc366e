import type { PlotPanel } from "../../inspect/index.js";
import { formatNumber } from "../../inspect/numbers.js";
import { extentOf } from "../../inspect/scale.js";
import { folded, type TextStyle } from "./text-style.js";

const BAR = 24;
const LEAST_NAME = 10;
const MOST_NAME = 40;
const LINE = 72;

/** Bars of names; of other plots the outline. */
export function plotText({ x, y, series }: PlotPanel, { width, faint }: TextStyle): string {
  const [first] = series;
  const names = y.names ?? x.names;
  if (first && names && series.length === 1) {
    const [at, values] = y.names ? [first.y, first.x] : [first.x, first.y];
    const most = Math.max(...Array.from(values, Math.abs), Number.MIN_VALUE);
    const room = Math.min(MOST_NAME, Math.max(LEAST_NAME, width - BAR - 14));
    const labels = Array.from(at, (i) => shortened(names[i] ?? "", room));
    const wide = Math.max(...labels.map((label) => label.length));
    const numbers = Array.from(values, formatNumber);
    const digits = Math.max(...numbers.map((number) => number.length));
    const unit = y.names ? x.label : y.label;
    return [
      ...labels.map((label, i) => {
        const bar = "█".repeat(Math.round((Math.abs(values[i]!) / most) * BAR));
        return `  ${label.padEnd(wide)}  ${numbers[i]!.padStart(digits)}  ${bar}${faint("░".repeat(BAR - bar.length))}`;
      }),
      ...(unit ? [faint(`  ${unit}`)] : []),
    ].join("\n");
  }
  const wide = Math.max(...series.map(({ label }) => label.length));
  return [
    ...series.map(
      ({ label, y: ys }) => `  ${label.padEnd(wide)}  ${sparkline(ys, Math.min(LINE, width - wide - 4))}`,
    ),
    ...folded(
      `${y.label} from ${along(series.map((one) => one.y))}, by ${x.label} from ${along(series.map((one) => one.x))}`,
      width - 2,
    ).map((line) => faint(`  ${line}`)),
  ].join("\n");
}

/** From the least to the largest of some numbers. */
const along = (lists: readonly ArrayLike<number>[]): string =>
  (extentOf(lists.flatMap((list) => Array.from(list))) ?? [Number.NaN, Number.NaN])
    .map(formatNumber)
    .join(" to ");

const EIGHTHS = "▁▂▃▄▅▆▇█";

/** Numbers as columns between the least and the largest, in at most so many characters: of neighbours the largest. */
function sparkline(values: ArrayLike<number>, width: number): string {
  const [least, most] = extentOf(Array.from(values)) ?? [0, 0];
  const count = Math.min(width, values.length);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * values.length) / count);
    const to = Math.max(from + 1, Math.floor(((i + 1) * values.length) / count));
    const largest = extentOf(Array.from(values).slice(from, to))?.[1];
    return largest === undefined ? " " : EIGHTHS[Math.round((7 * (largest - least)) / (most - least || 1))];
  }).join("");
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
