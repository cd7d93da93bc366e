import type { Dataset } from "../../data/index.js";
import { check } from "../../errors.js";
import { counted, formatCount, percent } from "../../inspect/numbers.js";
import type { Evaluation } from "../../train/index.js";
import { findSource } from "../data.js";
import { evaluateWithProgress } from "../evaluation.js";
import { Interrupted, interruptible } from "../exit.js";
import { checkOutputs } from "../files.js";
import { findModel, start } from "../options.js";
import { showSamples, worthShowing } from "../samples.js";
import { bold, print, printJson } from "../terminal.js";
import { saveModel } from "../weights.js";
import { begin, checkBeginning, learnedFrom } from "./begin.js";
import { brokenOff } from "./broken-off.js";
import { fittingOf, optimizerTitles, type TrainOptions } from "./choices.js";
import type { Job } from "./job.js";
import { learn } from "./learn.js";
import { summaryOf, writeReport } from "./outcome.js";

/** Trains, saves, tests, and tells. */
export async function train(name: string, options: TrainOptions): Promise<void> {
  const entry = findModel(name);
  const { title, inputShape, recipe } = entry;
  checkBeginning(options);
  const { out = `${name}.safetensors`, report, checkpoint, json = false, show = 0 } = options;
  const fitting = fittingOf(options, recipe);
  await checkOutputs([out, report, checkpoint], options.weights === undefined ? [] : [options.weights]);
  const say = json ? (): void => {} : print;

  const source = await findSource(options, inputShape, await learnedFrom(entry, options));
  const [training, test] = [await source.load("train"), await source.load("test")];
  checkParts(source.title, training, test);
  const { threads } = await start(options);
  const begun = await begin(entry, source.shape, training.classes, options);
  using model = begun.model;
  const job: Job = {
    name,
    title,
    model,
    source,
    training,
    test,
    threads,
    fitting,
    out,
    steps: [],
    json,
    say,
  };
  say(
    `Training ${title}, ${formatCount(model.parameterCount)} parameters, on ${counted(threads, "thread")}.`,
  );
  if (options.weights !== undefined)
    say(
      `It begins with the weights of ${options.weights}` +
        (begun.fresh.length > 0 ? `; ${begun.fresh.join(", ")} with new ones.` : "."),
    );
  say(
    `${source.title}: ${formatCount(training.length)} pictures to learn from, ${formatCount(test.length)} others to test on.\n`,
  );

  const result = await learn(job).catch((error: unknown) => brokenOff(job, error));
  if (!result) return;
  await saveModel(out, { name, model, preprocessing: source.preprocessing });
  const evaluation = await testOf(job);
  say(
    `\nTest: ${bold(`${percent(evaluation.accuracy)} right`)} of ${formatCount(test.length)} pictures not seen before, loss ${evaluation.loss.toFixed(4)}.`,
  );
  if (report !== undefined)
    await writeReport(report, job, result, evaluation, optimizerTitles[options.optimizer]);
  say(
    `Saved the weights in ${out}${report === undefined ? "" : `, and a report in ${report}: open it in a browser`}.`,
  );
  if (json) printJson(summaryOf(job, result, evaluation, { report, checkpoint }));
  else if (show > 0) await showSome(job, evaluation, show);
}

/** Throws where there is nothing to learn, or to test with: better before the work than after it. */
function checkParts(title: string, training: Dataset, test: Dataset): void {
  check(
    training.classes.length > 1,
    () => `${title} has only one class, "${training.classes[0]}". There is nothing to tell apart.`,
  );
  check(training.length > 0, () => `${title} has no pictures to learn from.`);
  check(
    test.length > 0,
    () => `${title} has no pictures left to test with. Put at least two into the folder of each class.`,
  );
}

async function testOf({ model, test, out }: Job): Promise<Evaluation> {
  try {
    return await interruptible((signal) => evaluateWithProgress(model, test, { mistakes: true, signal }));
  } catch (error) {
    if (error instanceof Interrupted)
      throw new Interrupted(`Interrupted during the test. The weights are in ${out}.`);
    throw error;
  }
}

async function showSome({ model, test, source }: Job, evaluation: Evaluation, show: number): Promise<void> {
  const { mistakes = [] } = evaluation;
  const indices = worthShowing(Math.min(show, test.length), test.length, mistakes);
  const marks = mistakes.length > 0 ? "; ✗ marks mistakes" : "";
  const samples = await showSamples(model, test, indices, { border: source.preprocessing.pad ?? 0 });
  print(`\nSome test pictures and what it takes them for${marks}:\n\n${samples}`);
}
