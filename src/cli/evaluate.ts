import type { Command } from "commander";
import { formatCount, percent } from "../inspect/numbers.js";
import { textTable } from "../inspect/text-table.js";
import type { Evaluation } from "../train/index.js";
import { type DataOptions, findSource } from "./data.js";
import { evaluateWithProgress } from "./evaluation.js";
import { interruptible } from "./exit.js";
import { dataOptions, jsonOption, start, threadsOption } from "./options.js";
import { bold, print, printJson } from "./terminal.js";
import { loadModel } from "./weights.js";

interface EvaluateOptions extends DataOptions {
  readonly weights: string;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Classes up to which the matrix is shown. */
const MOST = 20;

export function addEvaluate(program: Command): void {
  const command = program
    .command("evaluate")
    .summary("test a network on a data set")
    .description("Measures how well a network with saved weights does on the test part of a data set.")
    .argument("<network>", "a network of the zoo, such as lenet5")
    .requiredOption("--weights <file>", "its weights, a safetensors file");
  dataOptions(command)
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Example:
  featuremap evaluate lenet5 --weights lenet5.safetensors --data mnist`,
    )
    .action((name: string, options: EvaluateOptions) => run(name, options));
}

async function run(name: string, options: EvaluateOptions): Promise<void> {
  await start(options);
  const { model: owned } = await loadModel(name, options.weights);
  using model = owned;
  const source = await findSource(options, model.inputShape);
  const dataset = await source.load("test");
  const evaluation = await interruptible((signal) => evaluateWithProgress(model, dataset, { signal }));
  const { accuracy, loss, count, seconds, imagesPerSecond, confusion } = evaluation;
  if (options.json) {
    const { weights } = options;
    printJson({
      model: name,
      weights,
      data: source.title,
      samples: count,
      accuracy,
      loss,
      confusion,
      seconds,
      imagesPerSecond,
    });
    return;
  }
  print(
    `${bold(`${percent(accuracy)} right`)} of ${formatCount(count)} pictures of ${source.title}, loss ${loss.toFixed(4)}.`,
  );
  if (confusion.classes.length <= MOST) print(`\n${confusionTable(evaluation)}`);
}

/** Counts by true class, downwards, and predicted class, to the right. */
function confusionTable({ confusion: { matrix, classes } }: Evaluation): string {
  const columns = [
    { title: "true \\ taken for" },
    ...classes.map((title) => ({ title, right: true, shrinks: true })),
  ];
  const rows = matrix.map((row, i) => [classes[i]!, ...row.map((count) => (count === 0 ? "·" : `${count}`))]);
  return textTable(columns, rows);
}
