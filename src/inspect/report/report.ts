import type { Dataset } from "../../data/index.js";
import { check, checkOptions } from "../../errors.js";
import type { Model } from "../../layers/model.js";
import { Tensor } from "../../tensor.js";
import type { Evaluation } from "../../train/index.js";
import { type Html, html } from "../html.js";
import { formatCount, percent } from "../numbers.js";
import { type LayerSummary, summary } from "../summary.js";
import { confusionTable } from "./confusion.js";
import { learningCurves, type TrainingStep } from "./curves.js";
import { filters } from "./filters.js";
import { journey } from "./journey.js";
import { MOST_MISTAKES, mistakeList } from "./mistakes.js";
import { style } from "./style.js";

/** What a report tells about. */
export interface TrainingReportOptions {
  /** What was trained, such as "LeNet-5". */
  readonly name: string;
  readonly model: Model;
  /** What the evaluation was made on: its pictures are shown. */
  readonly dataset: Dataset;
  /** Of the trained model, with its mistakes. */
  readonly evaluation: Evaluation;
  /** One entry for each step of training. */
  readonly steps: readonly TrainingStep[];
  /** Other facts worth showing next to accuracy and loss: `{ Threads: "2" }`. */
  readonly facts?: Readonly<Record<string, string>>;
  /** A sentence under the heading. */
  readonly lead?: string;
  /** Number of the sample that is followed through the network. Default: the first that is recognised. */
  readonly sample?: number;
  /** A line at the end. */
  readonly footer?: string;
}

/**
 * A training as one HTML page that needs nothing else: numbers, learning curves, confusion matrix, mistakes, filters,
 * and one sample on its way through the layers. For classifiers of pictures.
 */
export async function trainingReport(options: TrainingReportOptions): Promise<string> {
  const known = ["name", "model", "dataset", "evaluation", "steps", "facts", "lead", "sample", "footer"];
  checkOptions("trainingReport", options, known);
  const { name, model, dataset, evaluation, steps, facts = {}, lead, footer } = options;
  check(
    evaluation.mistakes,
    "trainingReport: the evaluation lists no mistakes. Call evaluate with mistakes: true.",
  );
  const { accuracy, loss, mistakes } = evaluation;
  const index = options.sample ?? firstRecognised(evaluation);
  const { inputs } = await dataset.get([index]);
  const input = new Tensor(inputs.data, [1, ...model.inputShape]);
  const { layers, parameters } = summary(model);

  const numbers: [string, string][] = [
    ["Test accuracy", percent(accuracy)],
    ["Test loss", loss.toFixed(4)],
    ["Parameters", formatCount(parameters)],
    ...Object.entries(facts),
  ];
  const body = html`<header>
<h1>${name}</h1>
${lead && html`<p>${lead}</p>`}
</header>
<main>
<dl class="numbers">
${numbers.map(([label, value], i) => html`<div${i === 0 && html` class="first"`}><dt>${label}</dt><dd>${value}</dd></div>`)}
</dl>
${section("The network", "Each layer with the shape of what it gives to the next, how many numbers it has learned, and how much of the picture each of its outputs depends on.", networkTable(layers, parameters))}
${steps.length > 0 && section("How it learned", "Loss and accuracy of the batches it was trained on: the mean of neighbouring ones, and the band that most of them lie in.", learningCurves(steps, evaluation))}
${section(
  "What it confuses",
  `Rows are what was shown, columns what it was taken for. ${formatCount(evaluation.count - wrong(evaluation))} of ${formatCount(evaluation.count)} lie on the diagonal.`,
  confusionTable(evaluation),
)}
${section("Its mistakes", mistakesText(Math.min(mistakes.length, MOST_MISTAKES), wrong(evaluation)), await mistakeList(dataset, evaluation))}
${section("What its filters look for", "The learned weights: blue where light pixels count against the feature, red where they count for it.", await filters(model))}
${section(
  "One sample, layer by layer",
  "What each layer makes of a single picture, from the input to the probabilities.",
  await journey(model, layers, input, { index, classes: evaluation.confusion.classes }),
)}
</main>
${footer && html`<footer>${footer}</footer>`}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${html`${name}: ${percent(accuracy)} on ${dataset.name}`}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function section(title: string, text: string, content: Html): Html {
  return html`<section>
<div><h2>${title}</h2><p>${text}</p></div>
<div>${content}</div>
</section>`;
}

function networkTable(layers: readonly LayerSummary[], parameters: number): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table of layers"><table class="network">
<thead><tr><td></td><th scope="col">Layer</th><th scope="col">Output</th><th scope="col" class="n">Parameters</th><th scope="col" class="n">Depends on</th></tr></thead>
<tbody>
${layers.map(
  ({
    name,
    type,
    output,
    parameters,
    receptiveField: { size },
  }) => html`<tr><td class="n">${name}</td><th scope="row">${type}</th><td>${output.join(" × ")}</td>
<td class="n">${parameters > 0 && formatCount(parameters)}</td><td class="n">${(typeof size === "number" ? [size, size] : size).join(" × ")}</td></tr>`,
)}
</tbody>
<tfoot><tr><td></td><th scope="row">Together</th><td></td><td class="n">${formatCount(parameters)}</td><td></td></tr></tfoot>
</table></div>`;
}

function mistakesText(listed: number, wrong: number): string {
  if (wrong === 0) return "None: every sample was recognised.";
  const which =
    listed < wrong
      ? `${formatCount(listed)} of the ${formatCount(wrong)} samples`
      : `The ${formatCount(wrong)} samples`;
  return `${which} taken for something else, the surest guesses first.`;
}

function wrong({ confusion: { matrix }, count }: Evaluation): number {
  return count - matrix.reduce((sum, row, i) => sum + row[i]!, 0);
}

/** The number of a sample that is no mistake, as far as they are listed. */
function firstRecognised({ mistakes = [], count }: Evaluation): number {
  const indices = new Set(mistakes.map(({ index }) => index));
  let index = 0;
  while (indices.has(index) && index < count - 1) index++;
  return index;
}
