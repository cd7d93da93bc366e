import "../wasm/inline.js";

export type { ColorMap, Rgb } from "./color-map.js";
export * from "./demos/index.js";
export type { DiagramBlock, DiagramEdge, DiagramLayout, DiagramPanel } from "./diagram/data.js";
export { type DiagramOptions, networkDiagram } from "./diagram/diagram.js";
export { type DiagramLayoutOptions, diagramLayout } from "./diagram/layout.js";
export { diagramStyle } from "./diagram/style.js";
export { drawImage } from "./draw-image.js";
export {
  type EffectiveField,
  type EffectiveFieldOptions,
  effectiveReceptiveField,
} from "./effective-field.js";
export { effectiveReceptiveFieldFigure } from "./effective-field-figure.js";
export type { Baseline } from "./explain/baseline.js";
export type { Explained, ExplainOptions, Explanation, LongExplainOptions } from "./explain/explanation.js";
export { type ExplanationFigureOptions, explanationFigure } from "./explain/explanation-figure.js";
export { type GradCam, type GradCamOptions, gradCam } from "./explain/grad-cam.js";
export { type HeatMapOptions, heatMap, type OverlayOptions, overlay } from "./explain/heat-map.js";
export {
  type IntegratedGradients,
  type IntegratedGradientsOptions,
  integratedGradients,
} from "./explain/integrated-gradients.js";
export { type Maximized, type MaximizeOptions, type MaximizeProgress, maximize } from "./explain/maximize.js";
export { type Occlusion, type OcclusionOptions, occlusion } from "./explain/occlusion.js";
export { inputImage } from "./explain/pixels.js";
export { type SaliencyOptions, saliency } from "./explain/saliency.js";
export { type SmoothGradOptions, smoothGrad } from "./explain/smooth-grad.js";
export {
  type PixelWindow,
  type ReceptiveFieldOptions,
  receptiveField,
  type UnitField,
} from "./field-of-unit.js";
export type * from "./figure/figure.js";
export type { Theme } from "./figure/palette.js";
export { type FigureImageOptions, figureImage } from "./figure/raster.js";
export { type FigureSvgOptions, figureSvg } from "./figure/svg.js";
export { type Gradients, gradients } from "./gradients.js";
export { featureMapGrid, filterGrid, type GridOptions } from "./pictures.js";
export type { ReceptiveField } from "./receptive-field.js";
export type { TrainingStep } from "./report/curves.js";
export { type InspectionReportOptions, inspectionReport } from "./report/inspection.js";
export { type TrainingReportOptions, trainingReport } from "./report/report.js";
export { formatPlan, type LayerSummary, type Summary, summary } from "./summary.js";
export {
  type FormatSummaryOptions,
  formatSummary,
  type SummaryTableOptions,
  summaryMarkdown,
} from "./summary-table.js";
export type { Target } from "./target.js";
export { type TerminalColors, toTerminal } from "./terminal.js";
export { featureMapFigure, filterFigure, type TileFigureOptions } from "./tile-figures.js";
export {
  type ChannelPatches,
  type Patch,
  type TopPatches,
  type TopPatchesOptions,
  topPatches,
} from "./top-patches.js";
export { topPatchesFigure } from "./top-patches-figure.js";
export { type TunedLayer, tune } from "./tune.js";
export type { Progress } from "./watched.js";
export type { LayerWindow, Padding4 } from "./window.js";
