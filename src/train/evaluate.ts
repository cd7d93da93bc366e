import type { Batch, Dataset } from "../data/dataset.js";
import { checkCount, checkIs, checkOptions, checkSignal } from "../errors.js";
import { Plan } from "../graph/plan.js";
import type { Model } from "../layers/model.js";
import type { Shape, Tensor } from "../tensor.js";
import { ahead } from "./ahead.js";
import { datasetFeed, type Feed } from "./feed.js";
import { checkLoss, checkModel } from "./given.js";
import { crossEntropy, type Loss } from "./losses.js";
import { accuracy, argMax, confusionMatrix, forEachSample, type Metric, measure, topK } from "./metrics.js";
import { Plans, type Prepared } from "./plans.js";

export interface EvaluateOptions {
  /** Default 64. */
  batchSize?: number;
  /** Default crossEntropy(). */
  loss?: Loss;
  /** What to measure besides loss, accuracy and confusion; the results are in `metrics`, by name. */
  metrics?: readonly Metric<unknown>[];
  /** Also measures how often the true class is among the k highest scores. */
  topK?: number;
  /** Lists the samples taken for another class: all of them, or the first so many. Default false. */
  mistakes?: boolean | number;
  onProgress?: (progress: EvaluateProgress) => void;
  signal?: AbortSignal;
}

export interface EvaluateProgress {
  /** Samples evaluated so far, and in all. */
  readonly count: number;
  readonly total: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** A sample that was taken for another class. */
export interface Mistake {
  /** Its number in the data set. */
  readonly index: number;
  readonly actual: number;
  readonly predicted: number;
  /** What the model gives the class it predicted. */
  readonly probability: number;
}

export interface Evaluation {
  /** Mean over the samples. */
  readonly loss: number;
  /** Share of samples whose class has the highest score; NaN where targets are values. */
  readonly accuracy: number;
  readonly topK?: number;
  /** `matrix[i][j]`: samples of class i taken for class j; empty where targets are values. */
  readonly confusion: { readonly matrix: number[][]; readonly classes: readonly string[] };
  /** What `metrics` asked for, by name. */
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly mistakes?: readonly Mistake[];
  /** Samples. */
  readonly count: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** The model's outputs and loss, batch by batch, without training: dropout off, batch normalisation by what it has learned. */
export class Evaluator {
  readonly #model: Model;
  readonly #loss: Loss;
  readonly #plans = new Plans((shape) => this.#makePlan(shape));

  constructor(model: Model, loss: Loss) {
    this.#model = model;
    this.#loss = loss;
  }

  /**
   * Measures all samples of an epoch of the feed.
   * @returns the mean loss and the number of samples
   */
  async run(
    feed: Feed,
    visit: (outputs: Tensor, targets: Int32Array | Tensor, count: number) => void,
    signal?: AbortSignal,
  ): Promise<{ loss: number; count: number }> {
    // The weights are the same for all batches, and others than the last time.
    const weights = {};
    let sum = 0;
    let count = 0;
    await ahead(feed.epoch(0), signal, async ({ inputs, targets }: Batch) => {
      const { plan, outputShape } = this.#plans.for(inputs.shape);
      const feeds = {
        [this.#model.ports[0]!.name]: inputs.data,
        targets: this.#loss.feed(targets, outputShape),
      };
      const { loss, output } = await plan.run(feeds, weights);
      const n = inputs.shape[0]!;
      sum += loss!.data[0]! * n;
      count += n;
      visit(output!, targets, count);
      return true;
    });
    return { loss: sum / count, count };
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#plans.clear();
  }

  #makePlan(shape: Shape): Prepared {
    const { graph, output, bound } = this.#model.trace(shape, false);
    const outputs = new Map([
      ["loss", this.#loss.apply(graph, output)],
      ["output", output],
    ]);
    const plan = new Plan(
      this.#model.runtime,
      graph,
      { ...this.#model.planning, outputs, bound },
      `Evaluating a batch of ${shape[0]}`,
    );
    return { plan, outputShape: output.shape };
  }
}

/** How well a model does on a data set. */
export async function evaluate(
  model: Model,
  dataset: Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const known = ["batchSize", "loss", "metrics", "topK", "mistakes", "onProgress", "signal"];
  checkModel("evaluate", model);
  checkOptions("evaluate", options, known);
  const { batchSize = 64, loss = crossEntropy(), metrics = [], onProgress, signal } = options;
  const { mistakes: listed = false } = options;
  checkCount("evaluate: batchSize", batchSize);
  checkLoss("evaluate", loss);
  checkSignal("evaluate", signal);
  const isLimit = typeof listed === "boolean" || (Number.isInteger(listed) && listed >= 0);
  checkIs(isLimit, "evaluate: mistakes", listed, "true, false or a whole number of at least 0");
  const isCall = onProgress === undefined || typeof onProgress === "function";
  checkIs(isCall, "evaluate: onProgress", onProgress, "a function");
  signal?.throwIfAborted();
  const feed = datasetFeed("evaluate", model, dataset, { batchSize, signal });
  const most = listed === true ? Number.POSITIVE_INFINITY : Number(listed);
  const mistakes: Mistake[] = [];
  const right = accuracy().begin();
  const confusion = confusionMatrix().begin();
  const among = options.topK === undefined ? undefined : topK(options.topK).begin();
  const others = measure(metrics);
  const measurements = [right, confusion, others, ...(among ? [among] : [])];
  const isProbability = model.layers.at(-1)?.type === "Softmax";

  const evaluator = new Evaluator(model, loss);
  const started = performance.now();
  const rateAt = (count: number): { imagesPerSecond: number; seconds: number } => {
    const seconds = (performance.now() - started) / 1000;
    return { imagesPerSecond: count / seconds, seconds };
  };
  try {
    const visit = (outputs: Tensor, targets: Int32Array | Tensor, count: number): void => {
      const first = count - outputs.shape[0]!;
      for (const measurement of measurements) measurement.add(outputs, targets);
      forEachSample(outputs, targets, (scores, actual, i) => {
        const predicted = argMax(scores);
        if (predicted === actual || mistakes.length >= most) return;
        const probability = isProbability ? scores[predicted]! : probabilityOf(scores, predicted);
        mistakes.push({ index: first + i, actual, predicted, probability });
      });
      const { imagesPerSecond } = rateAt(count);
      const total = feed.samples;
      onProgress?.({ count, total, imagesPerSecond, secondsLeft: (total - count) / imagesPerSecond });
    };
    const { loss: mean, count } = await evaluator.run(feed, visit, signal);
    const matrix = confusion.result();
    return {
      loss: mean,
      accuracy: right.result(),
      ...(among && { topK: among.result() }),
      confusion: { matrix, classes: namesOf(matrix.length, dataset.classes, model.classes) },
      metrics: others.result(),
      ...(listed !== false && { mistakes }),
      count,
      ...rateAt(count),
    };
  } finally {
    evaluator.dispose();
  }
}

/** Softmax of the scores, at one of them. */
function probabilityOf(scores: Float32Array, index: number): number {
  return 1 / scores.reduce((sum, score) => sum + Math.exp(score - scores[index]!), 0);
}

/** Names for so many classes: the first list that has enough, or numbers. */
function namesOf(count: number, ...lists: readonly (readonly string[])[]): readonly string[] {
  return lists.find((names) => names.length === count) ?? Array.from({ length: count }, (_, i) => `${i}`);
}
