import { check } from "../../errors.js";
import { formatNumber } from "../numbers.js";
import type { TablePanel } from "./figure.js";
import { widest } from "./fit.js";
import { fitted } from "./font.js";
import { type Block, type Mark, rectangle, text } from "./scene.js";

const ROW = 22;
const GAP = 20;
const LEAST = 40;

/** Rows under titles, numbers on the right of their columns. */
export function tableBlock({ columns, rows, title }: TablePanel, room: number): Block {
  for (const row of rows) {
    check(
      row.length === columns.length,
      () => `figure: panel "${title}" has a row of ${row.length} cells under ${columns.length} titles.`,
    );
  }
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "number" ? formatNumber(cell) : cell)));
  const isNumeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === "number"));
  const widths = columns.map((name, i) => widest([name, ...cells.map((row) => row[i]!)]));
  const total = (): number => widths.reduce((sum, width) => sum + width, (columns.length - 1) * GAP);
  while (total() > room) {
    const most = Math.max(...widths);
    if (most <= LEAST) break;
    widths[widths.indexOf(most)]!--;
  }
  const width = total();
  const marks: Mark[] = [];
  const line = (row: readonly string[], y: number, ink: "soft" | "ink"): void => {
    let x = 0;
    for (const [i, cell] of row.entries()) {
      const value = fitted(cell, widths[i]!);
      marks.push(
        isNumeric[i] ? text(value, x + widths[i]!, y, { anchor: "end", ink }) : text(value, x, y, { ink }),
      );
      x += widths[i]! + GAP;
    }
  };
  line(columns, 11, "soft");
  for (const [i, row] of cells.entries()) {
    marks.push(rectangle(0, i * ROW + 18, width, 1, "rule"));
    line(row, i * ROW + 34, "ink");
  }
  return { width, height: 18 + rows.length * ROW, marks };
}
