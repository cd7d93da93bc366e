import type { Dataset } from "../data/index.js";
import type { Model } from "../index.js";
import { type EvaluateOptions, type Evaluation, evaluate } from "../train/index.js";
import { duration, Progress, speed } from "./progress.js";

/** Evaluates with a progress bar. */
export async function evaluateWithProgress(
  model: Model,
  dataset: Dataset,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const progress = new Progress("testing", dataset.length);
  try {
    return await evaluate(model, dataset, {
      ...options,
      onProgress: ({ count, imagesPerSecond, secondsLeft }) =>
        progress.update(count, `${speed(imagesPerSecond)}  ${duration(secondsLeft)} left`),
    });
  } finally {
    progress.stop();
  }
}
