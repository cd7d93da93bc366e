import type { Evaluation } from "../../train/index.js";
import { type Html, html } from "../html.js";
import { percent } from "../numbers.js";
import { logScale, percentScale, roundTicks, type Tick } from "../scale.js";
import { chart, stretches } from "./chart.js";

/** A step of training. */
export interface TrainingStep {
  /** Of the batch. */
  readonly loss: number;
  /** Share of right answers in the batch. */
  readonly accuracy: number;
  /** Counted from 1. */
  readonly epoch: number;
}

/** Loss and accuracy against the steps. */
export function learningCurves(steps: readonly TrainingStep[], evaluation: Evaluation): Html {
  const { xTicks, xTitle } = xAxis(steps);
  const losses = stretches(steps.map(({ loss }) => loss));
  const accuracies = stretches(steps.map(({ accuracy }) => accuracy));
  const from = ([first]: typeof losses): number => first?.mean ?? Number.NaN;
  const to = (curve: typeof losses): number => curve.at(-1)?.mean ?? Number.NaN;
  const common = { xTicks, xTitle, xRange: [0, steps.length] as const, legend: "training, by batch" };
  return html`<div class="charts">${[
    chart({
      ...common,
      title: "Loss",
      yTitle: "cross entropy, logarithmic",
      curve: losses,
      y: logScale([...losses.flatMap(({ low, high }) => [low, high]), evaluation.loss], 1),
      level: { y: evaluation.loss, label: `test, ${evaluation.loss.toFixed(3)}` },
      description: `Training loss over ${steps.length} steps: from ${from(losses).toFixed(2)} to ${to(losses).toFixed(3)}. Test loss ${evaluation.loss.toFixed(4)}.`,
    }),
    chart({
      ...common,
      title: "Accuracy",
      yTitle: "percent right",
      curve: accuracies,
      y: percentScale(),
      level: { y: evaluation.accuracy, label: `test, ${percent(evaluation.accuracy)}` },
      description: `Training accuracy over ${steps.length} steps: from ${percent(from(accuracies))} to ${percent(to(accuracies))}. Test accuracy ${percent(evaluation.accuracy)}.`,
    }),
  ]}</div>`;
}

/** Epochs where there are several, otherwise steps. */
function xAxis(steps: readonly TrainingStep[]): { xTicks: Tick[]; xTitle: string } {
  const [first, last] = [steps[0]!.epoch, steps.at(-1)!.epoch];
  if (first === last) return { xTicks: roundTicks([0, steps.length], 5), xTitle: "steps" };
  const every = Math.ceil((last - first + 1) / 12);
  const ends: Tick[] = [{ at: 0, label: `${first - 1}` }];
  for (const [i, { epoch }] of steps.entries()) {
    const isLast = i === steps.length - 1 || steps[i + 1]!.epoch !== epoch;
    if (isLast && (epoch - first + 1) % every === 0) ends.push({ at: i + 1, label: `${epoch}` });
  }
  const each = steps.filter(({ epoch }) => epoch === first).length;
  return { xTicks: ends, xTitle: `epochs of ${each.toLocaleString("en-US")} steps` };
}
