import { type Augmentation, checkAugmentation } from "../data/batches.js";
import type { Batch, Dataset } from "../data/dataset.js";
import {
  check,
  checkCount,
  checkFlags,
  checkOptions,
  checkSignal,
  FeatureMapError,
  show,
} from "../errors.js";
import type { Model } from "../layers/model.js";
import type { Tensor } from "../tensor.js";
import { ahead } from "./ahead.js";
import { Audience, type Callbacks } from "./callbacks.js";
import {
  type CheckpointOptions,
  Checkpoints,
  checkSettings,
  readCheckpoint,
  type Settings,
} from "./checkpoint.js";
import { EarlyStopping, type EarlyStoppingOptions, type Monitor } from "./early-stopping.js";
import { Evaluator } from "./evaluate.js";
import { allFinite, type BatchSource, datasetFeed, type Feed, sourceFeed } from "./feed.js";
import { checkLoss, checkModel, checkOptimizer } from "./given.js";
import { crossEntropy, type Loss } from "./losses.js";
import { accuracy, type Metric, measure } from "./metrics.js";
import { adam, type Optimizer } from "./optimizers.js";
import { checkSchedule, constant, type Schedule } from "./schedules.js";
import { type StepResult, Trainer } from "./trainer.js";

export interface FitOptions {
  /** How often to go through the data. */
  epochs: number;
  /** Default 32. */
  batchSize?: number;
  /** Default adam(). */
  optimizer?: Optimizer;
  /** Default crossEntropy(). */
  loss?: Loss;
  /** Learning rate of each step. Default: the optimiser's. */
  schedule?: Schedule;
  /** Longest gradient, over all parameters together; a longer one is scaled down to it. Default: no limit. */
  clipNorm?: number;
  /** Whether the samples come in another order in each epoch. Default true. */
  shuffle?: boolean;
  /** Whether to leave out a last batch that is not full. Default false. */
  dropLast?: boolean;
  /** Decides order, augmentation and dropout. Default 0. */
  seed?: number;
  /** Random changes of the pictures: see `augment` in featuremap/data. */
  augment?: Augmentation;
  /** Where `data` is a function: the batches of an epoch, for schedules and the time left. */
  stepsPerEpoch?: number;
  /** Evaluated after each epoch. */
  validation?: Dataset;
  /** What to measure besides loss and accuracy, in training and validation. */
  metrics?: readonly Metric[];
  callbacks?: Callbacks | readonly Callbacks[];
  earlyStopping?: EarlyStoppingOptions;
  /** Saves training, so that it can be resumed. */
  checkpoint?: CheckpointOptions;
  /** A checkpoint to go on from, to the same bits as without the break: a path (in a page an address), or its bytes. */
  resume?: string | Uint8Array | ArrayBuffer | Blob;
  /** Ends training after the step under way, with the signal's reason as the error. */
  signal?: AbortSignal;
}

/** What happened in an epoch. */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  readonly steps: number;
  /** Of the last step. */
  readonly lr: number;
  /** Mean over the samples, each as the model was when it saw them. */
  readonly loss: number;
  /** Share of right answers, likewise; NaN where targets are values. */
  readonly accuracy: number;
  /** What `metrics` asked for, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The same of the validation data, after the epoch. */
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly validationMetrics?: Readonly<Record<string, number>>;
  /** Of training, validation left out. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

export interface FitResult {
  /** One record for each epoch, those before a resumption included. */
  readonly history: readonly EpochRecord[];
  /** Why training ended: all epochs were done, early stopping, or a callback. */
  readonly stopped: "epochs" | "earlyStopping" | "callback";
  /** With early stopping, the best epoch by what it watches. */
  readonly best?: { readonly epoch: number; readonly monitor: Monitor; readonly value: number };
  /** Steps taken, those before a resumption included. */
  readonly steps: number;
  readonly seconds: number;
}

const known = (
  "epochs batchSize optimizer loss schedule clipNorm shuffle dropLast seed augment " +
  "stepsPerEpoch validation metrics callbacks earlyStopping checkpoint resume signal"
).split(" ");
/** Options about how batches are made of a data set. */
const batching = ["batchSize", "shuffle", "dropLast", "augment"] as const;

const training = new WeakSet<Model>();

/**
 * Trains a model on a data set, or on batches of your own making. The workers compute a step while this thread prepares
 * the next batch. A model without class names gets those of the data set.
 *
 * Same seed, same data, same options: the same weights to the bit, for any number of threads. Where the loss or a weight
 * becomes NaN or infinite, or a worker fails, that is an error and the model gets back the weights it had when the epoch
 * began. After an abort or an error of a callback it keeps those of the last step.
 */
export async function fit(
  model: Model,
  data: Dataset | BatchSource,
  options: FitOptions,
): Promise<FitResult> {
  checkModel("fit", model);
  check(options, "fit: give options, { epochs: 5 } at least.");
  checkOptions("fit", options, known);
  checkSignal("fit", options.signal);
  options.signal?.throwIfAborted();
  check(!training.has(model), "fit: this model is being trained already. Await that first.");
  training.add(model);
  let run: Fit | undefined;
  try {
    run = new Fit(model, data, options);
    return await run.train();
  } finally {
    training.delete(model);
    run?.dispose();
  }
}

/** One call of {@link fit}. */
class Fit {
  readonly #model: Model;
  readonly #options: FitOptions;
  readonly #epochs: number;
  readonly #optimizer: Optimizer;
  readonly #schedule: Schedule;
  readonly #metrics: readonly Metric[];
  readonly #feed: Feed;
  readonly #validation: Feed | undefined;
  readonly #audience: Audience;
  readonly #early: EarlyStopping | undefined;
  readonly #checkpoints: Checkpoints | undefined;
  readonly #settings: Settings;
  readonly #trainer: Trainer;
  readonly #evaluator: Evaluator;
  readonly #history: EpochRecord[] = [];
  /** Time and steps of this call, for the time left. */
  #seconds = 0;
  #steps = 0;
  /** The weights as the last epoch left them. */
  #weights: ReadonlyMap<string, Tensor> = new Map();

  constructor(model: Model, data: Dataset | BatchSource, options: FitOptions) {
    const {
      epochs,
      batchSize = 32,
      optimizer = adam(),
      loss = crossEntropy(),
      schedule = constant(),
    } = options;
    const { shuffle = true, dropLast = false, seed = 0, augment, clipNorm, validation, signal } = options;
    for (const [name, count] of Object.entries({
      epochs,
      batchSize,
      stepsPerEpoch: options.stepsPerEpoch ?? 1,
    })) {
      checkCount(`fit: ${name}`, count);
    }
    checkOptimizer("fit", optimizer);
    checkLoss("fit", loss);
    checkSchedule("fit: schedule", schedule);
    checkFlags("fit", { shuffle, dropLast });
    checkAugmentation("fit: augment", augment);
    if (typeof data === "function") {
      const useless = batching.find((name) => options[name] !== undefined);
      check(!useless, () => `fit: ${useless} has no effect on batches of your own making. Leave it out.`);
      this.#feed = sourceFeed("fit", model, data, options.stepsPerEpoch);
    } else {
      check(
        options.stepsPerEpoch === undefined,
        "fit: stepsPerEpoch is for data that is a function; here the data set and batchSize decide.",
      );
      const feeding = { batchSize, shuffle, seed, dropLast, augment, signal };
      this.#feed = datasetFeed("fit", model, data, feeding);
    }
    this.#model = model;
    this.#options = options;
    this.#epochs = epochs;
    this.#optimizer = optimizer;
    this.#schedule = schedule;
    this.#metrics = options.metrics ?? [];
    measure(this.#metrics);
    this.#validation = validation && datasetFeed("fit: validation", model, validation, { batchSize, signal });
    this.#audience = new Audience(options.callbacks);
    this.#early = options.earlyStopping && new EarlyStopping(options.earlyStopping, validation !== undefined);
    this.#checkpoints = options.checkpoint && new Checkpoints(options.checkpoint);
    const own = typeof data === "function";
    this.#settings = {
      "input shape": own ? "own batches" : data.shape,
      ...(!own && { samples: data.length, batchSize, shuffle, dropLast, augment: augment !== undefined }),
      seed,
      loss: loss.name,
      optimizer: optimizer.name,
      "optimizer's numbers": optimizer.hyper(1, optimizer.lr),
      clipNorm: clipNorm ?? "none",
      frozen: model.parameters().flatMap(({ name, trainable }) => (trainable ? [] : [name])),
      monitor: this.#early?.monitor ?? "none",
    };
    this.#trainer = new Trainer(model, { loss, optimizer, clipNorm, seed });
    this.#evaluator = new Evaluator(model, loss);
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#trainer.dispose();
    this.#evaluator.dispose();
  }

  async train(): Promise<FitResult> {
    const started = performance.now();
    const { resume } = this.#options;
    if (resume !== undefined) await this.#resume(resume);
    const { classes } = this.#feed;
    if (this.#model.classes.length === 0 && classes.length === this.#model.outputShape[0])
      this.#model.classes = classes;
    this.#weights = this.#model.stateDict();
    const { samples, steps } = this.#feed;
    const begin = { epochs: this.#epochs, epochsDone: this.#history.length, steps, samples };
    let goOn = await this.#audience.tell("onTrainBegin", begin);
    let stopped = this.#reason(goOn);
    while (!stopped) {
      goOn = await this.#epoch();
      stopped = this.#reason(goOn);
    }
    const best = this.#early?.best;
    if (best && this.#early?.restoreBest) this.#model.loadStateDict(best.weights);
    const result: FitResult = {
      history: this.#history,
      stopped,
      ...(best && { best: { epoch: best.epoch, monitor: this.#early!.monitor, value: best.value } }),
      steps: this.#trainer.steps,
      seconds: (performance.now() - started) / 1000,
    };
    await this.#audience.tell("onTrainEnd", result);
    return result;
  }

  /** Why training is over, if it is. */
  #reason(goOn: boolean): FitResult["stopped"] | undefined {
    if (!goOn) return "callback";
    if (this.#history.length >= this.#epochs) return "epochs";
    return this.#early?.isOver(this.#history.length) ? "earlyStopping" : undefined;
  }

  /** An epoch and all that follows it. Gives false when a callback wants training to end. */
  async #epoch(): Promise<boolean> {
    const trained = await this.#trainEpoch();
    // Ended in its midst, an epoch leaves no record.
    if (!trained) return false;
    const weights = this.#model.stateDict();
    const broken = [...weights].find(([, { data }]) => !allFinite(data))?.[0];
    if (broken !== undefined)
      this.#diverged(`a value of "${broken}" was no longer a finite number after`, trained);
    this.#weights = weights;
    const record = { ...trained, ...(await this.#validate()) };
    this.#history.push(record);
    this.#early?.add(record, weights);
    const goOn = await this.#audience.tell("onEpochEnd", record);
    const { every = Number.POSITIVE_INFINITY } = this.#checkpoints ?? {};
    if (this.#history.length % every === 0 || this.#reason(goOn)) await this.#save();
    return goOn;
  }

  /** Goes through the data once, unless a callback wants training to end. */
  async #trainEpoch(): Promise<EpochRecord | undefined> {
    const epoch = this.#history.length;
    const { steps } = this.#feed;
    const right = accuracy().begin();
    const others = measure(this.#metrics);
    const started = performance.now();
    const before = this.#seconds;
    let [sum, count, step, lr, goOn] = [0, 0, 0, Number.NaN, true];
    const rate = (): { seconds: number; imagesPerSecond: number } => {
      const seconds = (performance.now() - started) / 1000;
      return { seconds, imagesPerSecond: count / seconds };
    };
    await ahead(this.#feed.epoch(epoch), this.#options.signal, async (batch) => {
      lr = this.#rate(epoch);
      const { loss, outputs, gradientNorm } = await this.#step(batch, {
        epoch: epoch + 1,
        step: step + 1,
        lr,
      });
      const n = outputs.shape[0]!;
      step++;
      count += n;
      sum += loss * n;
      right.add(outputs, batch.targets);
      others.add(outputs, batch.targets);
      const { seconds, imagesPerSecond } = rate();
      this.#seconds = before + seconds;
      this.#steps++;
      const stepsLeft = (this.#epochs - epoch) * steps - step;
      goOn = await this.#audience.tell("onStepEnd", {
        ...{ epoch: epoch + 1, epochs: this.#epochs, step, steps },
        ...{
          loss: sum / count,
          batchLoss: loss,
          accuracy: right.result(),
          lr,
          gradientNorm,
          imagesPerSecond,
        },
        secondsLeft: (stepsLeft * this.#seconds) / this.#steps,
      });
      return goOn;
    });
    if (!goOn) return undefined;
    const means = { loss: sum / count, accuracy: right.result(), metrics: others.result() };
    return { epoch: epoch + 1, steps: step, lr, ...means, ...rate() };
  }

  #rate(epoch: number): number {
    const totalSteps = this.#epochs * this.#feed.steps;
    const { steps: step } = this.#trainer;
    const lr = this.#schedule({ step, totalSteps, epoch, baseLr: this.#optimizer.lr });
    check(
      Number.isFinite(lr) && lr >= 0,
      () =>
        `fit: the schedule gives the learning rate ${show(lr)} for step ${step} of ${totalSteps}.` +
        (Number.isNaN(totalSteps) ? " Where data is a function it may need stepsPerEpoch." : ""),
    );
    return lr;
  }

  async #step(batch: Batch, at: { epoch: number; step: number; lr: number }): Promise<StepResult> {
    let result: StepResult;
    try {
      result = await this.#trainer.step(batch, at.lr);
    } catch (error) {
      this.#recover();
      throw error;
    }
    if (!Number.isFinite(result.loss))
      this.#diverged(`the loss became ${result.loss} at step ${at.step} of`, at);
    return result;
  }

  #diverged(what: string, { epoch, lr }: { epoch: number; lr: number }): never {
    const first = this.#trainer.steps === 1;
    this.#recover();
    throw new FeatureMapError(
      `fit: ${what} epoch ${epoch}, at a learning rate of ${lr}. ` +
        (first
          ? "It was the first step, so the weights to begin with or the inputs are too large, or not finite: normalise the inputs. "
          : "The steps were too long for this network: use a lower lr, a warmup schedule, or clipNorm, such as clipNorm: 1. ") +
        "The model has the weights it had when the epoch began.",
    );
  }

  /** Gives the model back the weights it had when the epoch began. */
  #recover(): void {
    try {
      this.#model.loadStateDict(this.#weights);
    } catch {
      // The model itself was disposed of; the error under way says more.
    }
  }

  async #validate(): Promise<
    Pick<EpochRecord, "validationLoss" | "validationAccuracy" | "validationMetrics">
  > {
    if (!this.#validation) return {};
    const right = accuracy().begin();
    const others = measure(this.#metrics);
    const visit = (outputs: Tensor, targets: Int32Array | Tensor): void => {
      right.add(outputs, targets);
      others.add(outputs, targets);
    };
    const { loss } = await this.#evaluator.run(this.#validation, visit, this.#options.signal);
    return { validationLoss: loss, validationAccuracy: right.result(), validationMetrics: others.result() };
  }

  async #save(): Promise<void> {
    await this.#checkpoints?.write({
      settings: this.#settings,
      history: this.#history,
      steps: this.#trainer.steps,
      totalSteps: this.#epochs * this.#feed.steps,
      weights: this.#weights,
      slots: this.#trainer.slots(),
      best: this.#early?.best,
    });
  }

  async #resume(source: NonNullable<FitOptions["resume"]>): Promise<void> {
    const { name, settings, history, steps, totalSteps, weights, slots, best } = await readCheckpoint(source);
    checkSettings(name, settings, this.#settings);
    const last = history.at(-1);
    if (last) {
      const lr = this.#schedule({
        step: steps - 1,
        totalSteps,
        epoch: last.epoch - 1,
        baseLr: this.#optimizer.lr,
      });
      check(
        Math.abs(lr - last.lr) <= 1e-6 * last.lr,
        () =>
          `${name} belongs to another training. Its schedule gave the learning rate ${last.lr} for the last step, ` +
          `this one gives ${lr}. Resume with the schedule it was begun with.`,
      );
    }
    this.#trainer.restore(steps, slots);
    this.#model.loadStateDict(weights, {}, name);
    this.#history.push(...history);
    if (this.#early) this.#early.best = best;
  }
}
