export type { ColorMap, Rgb } from "./color-map.js";
export {
  type ReceptiveFieldOptions,
  receptiveField,
  type UnitField,
  type Window,
} from "./field-of-unit.js";
export { type Gradients, gradients } from "./gradients.js";
export { featureMapGrid, filterGrid, type GridOptions } from "./pictures.js";
export type { ReceptiveField } from "./receptive-field.js";
export type { TrainingStep } from "./report/curves.js";
export { type TrainingReportOptions, trainingReport } from "./report/report.js";
export { formatSummary, type LayerSummary, type Summary, summary } from "./summary.js";
export type { Target } from "./target.js";
export { type TerminalColors, toTerminal } from "./terminal.js";
