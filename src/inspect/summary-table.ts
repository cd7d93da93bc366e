import { checkCount, checkFlags, checkIs, checkOptions } from "../errors.js";
import type { Size2 } from "../ops/shape.js";
import { drawnShape, formatBytes, formatCount } from "./numbers.js";
import type { LayerSummary, Summary } from "./summary.js";
import { type Column, textTable } from "./text-table.js";
import { formatKernel, windowExtras } from "./window.js";

/** How a summary is printed. */
export interface SummaryTableOptions {
  /** Show how the number of parameters comes about: "(5 * 5 * 1 + 1) * 6 = 156". Default false. */
  formulas?: boolean;
}

export interface FormatSummaryOptions extends SummaryTableOptions {
  /** Characters in a line. Default 100. Where there are more, more columns are shown. */
  width?: number;
}

interface SummaryColumn extends Column {
  readonly of: (layer: LayerSummary) => string;
  /** Where there is no room, columns of the highest rank are left out first. */
  readonly rank: number;
}

const blank = (count: number): string => (count === 0 ? "" : formatCount(count));

/** The columns from left to right. */
const columnsOf = (formulas: boolean): SummaryColumn[] => [
  { title: "Layer", shrinks: true, rank: 0, of: ({ name }) => name || "(network)" },
  { title: "Type", shrinks: true, rank: 0, of: ({ type }) => type },
  { title: "Window", rank: 2, of: formatWindow },
  { title: "Output", rank: 0, of: ({ output }) => drawnShape(output, "×") },
  formulas
    ? { title: "Parameters", rank: 0, of: ({ formula = "" }) => formula.replace(/\d{4,}$/, grouped) }
    : { title: "Parameters", right: true, rank: 0, of: ({ parameters }) => blank(parameters) },
  { title: "Multiply-adds", right: true, rank: 1, of: ({ macs }) => blank(macs) },
  { title: "Sees", right: true, rank: 3, of: ({ receptiveField }) => formatSize(receptiveField.size) },
  { title: "Every", right: true, rank: 4, of: ({ receptiveField }) => formatSize(receptiveField.stride) },
  {
    title: "Output in",
    right: true,
    rank: 6,
    of: ({ activationBytes }) => (activationBytes === 0 ? "" : formatBytes(activationBytes)),
  },
  { title: "Computed as", rank: 5, of: ({ algorithm }) => algorithm },
];

/**
 * A summary as a table. Shapes are height × width × channels. In a line of few characters the columns that matter least
 * are left out, and the last line names them.
 */
export function formatSummary(summary: Summary, options: FormatSummaryOptions = {}): string {
  checkSummary("formatSummary", summary);
  checkOptions("formatSummary", options, ["formulas", "width"]);
  const { formulas = false, width = 100 } = options;
  checkFlags("formatSummary", { formulas });
  checkCount("formatSummary: width", width, 20);
  const all = columnsOf(formulas);
  const cells = summary.layers.map((layer) => all.map((column) => column.of(layer)));
  const shown = fitting(all, cells, width);
  const table = textTable(
    shown,
    cells.map((row) => row.filter((_, i) => shown.includes(all[i]!))),
    width,
  );
  const left = all.filter((column) => !shown.includes(column)).map(({ title }) => title);
  const facts = factsOf(summary);
  if (left.length > 0) facts.push(["Left out", `${left.join(", ")}: the line is too short`]);
  return [table, ...facts.flatMap(([name, text]) => factLines(name, text, width))].join("\n");
}

/** A summary as a table of GitHub's Markdown, with all columns. */
export function summaryMarkdown(summary: Summary, options: SummaryTableOptions = {}): string {
  checkSummary("summaryMarkdown", summary);
  checkOptions("summaryMarkdown", options, ["formulas"]);
  const { formulas = false } = options;
  checkFlags("summaryMarkdown", { formulas });
  const columns = columnsOf(formulas);
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return [
    line(columns.map(({ title }) => title)),
    `|${columns.map(({ right }) => (right ? " ---: |" : " --- |")).join("")}`,
    ...summary.layers.map((layer) => line(columns.map((column) => column.of(layer)))),
    "",
    ...factsOf(summary).map(([name, text]) => `- ${name}: ${text}`),
  ].join("\n");
}

function checkSummary(what: string, summary: Summary): void {
  checkIs(Array.isArray(summary?.layers), `${what}: the summary`, summary, "one, as summary(model) gives it");
}

function factsOf(summary: Summary): [name: string, text: string][] {
  const { parameters, macs, weightBytes, packedBytes, activationBytes, tableBytes, peakBytes } = summary;
  const parts = [
    `weights ${formatBytes(weightBytes)}`,
    packedBytes > 0 && `packed copies of them ${formatBytes(packedBytes)}`,
    `activations ${formatBytes(activationBytes)}`,
    `tables ${formatBytes(tableBytes)}`,
  ];
  return [
    ["Parameters", formatCount(parameters)],
    ["Multiply-adds", `${formatCount(macs)} for one input`],
    ["Memory", `${formatBytes(peakBytes)} for one input`],
    ["of which", parts.filter(Boolean).join(", ")],
    ["Window", "size, s stride, p padding, d dilation, g groups"],
    ["Sees, every", "size and step of the receptive field in pixels of the input"],
  ];
}

/** A fact beside its name, in lines that are no longer than the table's where words allow. */
function factLines(name: string, text: string, width: number): string[] {
  const lines = [name.padEnd(FACT)];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    const begun = line.length > FACT;
    if (begun && line.length + 1 + word.length > width) lines.push(`${" ".repeat(FACT + 2)}${word}`);
    else lines[lines.length - 1] = `${line}${begun ? " " : "  "}${word}`;
  }
  return lines;
}

/** Letters of the longest name of a fact. */
const FACT = 13;

/** The columns that have room, layers' names and types being shortened somewhat if that helps. */
function fitting(
  columns: readonly SummaryColumn[],
  cells: readonly (readonly string[])[],
  width: number,
): SummaryColumn[] {
  const widths = columns.map(({ title, shrinks }, i) => {
    const natural = Math.max(title.length, ...cells.map((row) => row[i]!.length));
    return shrinks ? Math.min(natural, SHORTENED) : natural;
  });
  const shown = [...columns];
  const room = (): number => shown.reduce((sum, column) => sum + widths[columns.indexOf(column)]! + 2, -2);
  while (room() > width) {
    const least = shown.reduce((most, column) => (column.rank > most.rank ? column : most));
    if (least.rank === 0) break;
    shown.splice(shown.indexOf(least), 1);
  }
  return shown;
}

/** Letters that names keep before columns are left out for them. */
const SHORTENED = 18;

const grouped = (digits: string): string => formatCount(Number(digits));

function formatWindow({ window, output }: LayerSummary): string {
  if (!window) return "";
  // s2 of "stride 2", but "reflect 2" as it is.
  const extras = windowExtras(window).map((word) =>
    word.replace(/^(s|p|d|g)(tride|ad|ilation|roups) /, "$1"),
  );
  return [formatKernel(window, output.length === 2), ...extras].join(" ");
}

/** One number where height and width agree; nothing where both are 0. */
function formatSize(size: Size2): string {
  return typeof size === "number" ? (size === 0 ? "" : `${size}`) : size.join("×");
}

function escaped(text: string): string {
  return text.replace(/[\\|*_<`]/g, (character) => `\\${character}`);
}
