// What is told of a training that is done and tested: as a page, and as JSON.

import { writeFileAtomic } from "#platform";
import { trainingReport } from "../../inspect/index.js";
import { counted, formatCount } from "../../inspect/numbers.js";
import type { Evaluation, FitResult } from "../../train/index.js";
import type { Job } from "./job.js";

/** Of the training alone: seconds, and images in each. */
function speed({ history }: FitResult, samples: number): { seconds: number; imagesPerSecond: number } {
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return { seconds, imagesPerSecond: (samples * history.length) / seconds };
}

/** Writes the report, an HTML page. */
export async function writeReport(
  path: string,
  { title, source, model, training, test, threads, fitting, steps }: Job,
  result: FitResult,
  evaluation: Evaluation,
  optimizer: string,
): Promise<void> {
  const { seconds, imagesPerSecond } = speed(result, training.length);
  const facts = {
    Epochs: `${result.history.length}`,
    "Images per second": formatCount(Math.round(imagesPerSecond)),
    Threads: `${threads}`,
    Seconds: seconds.toFixed(1),
  };
  const lead =
    `Trained on ${formatCount(training.length)} pictures with ${optimizer}, ` +
    `${counted(result.history.length, "epoch")} in batches of ${fitting.batchSize}; ` +
    `tested on ${formatCount(test.length)} others.`;
  const name = `${title} on ${source.title}`;
  const page = await trainingReport({ name, model, dataset: test, evaluation, steps, facts, lead });
  await writeFileAtomic(path, new TextEncoder().encode(page));
}

/** What --json prints. */
export function summaryOf(
  { name, source, model, training, threads, out }: Job,
  result: FitResult,
  evaluation: Evaluation,
  files: { readonly report: string | undefined; readonly checkpoint: string | undefined },
): object {
  const { report, checkpoint } = files;
  const { loss, accuracy, count: samples, confusion } = evaluation;
  return {
    model: name,
    data: source.title,
    parameters: model.parameterCount,
    threads,
    stopped: result.stopped,
    steps: result.steps,
    ...speed(result, training.length),
    epochs: result.history.map(({ epoch, loss, accuracy, lr, seconds }) => ({
      epoch,
      loss,
      accuracy,
      lr,
      seconds,
    })),
    test: { samples, loss, accuracy, confusion },
    out,
    ...(report !== undefined && { report }),
    ...(checkpoint !== undefined && { checkpoint }),
  };
}
