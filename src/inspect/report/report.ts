import type { Dataset } from "../../data/index.js";
import { check, checkOptions } from "../../errors.js";
import type { Model } from "../../layers/model.js";
import { Tensor } from "../../tensor.js";
import type { Evaluation } from "../../train/index.js";
import { html } from "../html.js";
import { formatCount, percent } from "../numbers.js";
import { summary } from "../summary.js";
import { confusionTable } from "./confusion.js";
import { learningCurves, type TrainingStep } from "./curves.js";
import { filterSection } from "./filters.js";
import { journey } from "./journey.js";
import { MOST_MISTAKES, mistakeList } from "./mistakes.js";
import { networkSection } from "./network.js";
import { numberList, page, section } from "./page.js";

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
${numberList(numbers)}
${networkSection(model, name, layers, parameters)}
${steps.length > 0 && section("How it learned", "Loss and accuracy of the batches it was trained on: the mean of neighbouring ones, and the band that most of them lie in.", learningCurves(steps, evaluation))}
${section(
  "What it confuses",
  `Rows are what was shown, columns what it was taken for. ${formatCount(evaluation.count - wrong(evaluation))} of ${formatCount(evaluation.count)} lie on the diagonal.`,
  confusionTable(evaluation),
)}
${section("Its mistakes", mistakesText(Math.min(mistakes.length, MOST_MISTAKES), wrong(evaluation)), await mistakeList(dataset, evaluation))}
${await filterSection(model)}
${section(
  "One sample, layer by layer",
  "What each layer makes of a single picture, from the input to the probabilities.",
  await journey(model, layers, input, {
    input: `The input: sample ${index}`,
    classes: evaluation.confusion.classes,
  }),
)}
</main>
${footer && html`<footer>${footer}</footer>`}`;
  return page(`${name}: ${percent(accuracy)} on ${dataset.name}`, body);
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
