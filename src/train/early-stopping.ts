import { check, checkCount, checkFlags, checkNumber, checkOptions, show } from "../errors.js";
import type { Tensor } from "../tensor.js";
import type { EpochRecord } from "./fit.js";

/** A number of an epoch's record that tells better from worse: a loss is better when lower, an accuracy when higher. */
export type Monitor = "loss" | "accuracy" | "validationLoss" | "validationAccuracy";

export interface EarlyStoppingOptions {
  /** Epochs without an improvement after which training ends. */
  patience: number;
  /** Default "validationLoss", or "loss" without validation. */
  monitor?: Monitor;
  /** What is no more than that much better is no improvement. Default 0. */
  minDelta?: number;
  /** Whether the model ends up with the weights of the best epoch. Default true. */
  restoreBest?: boolean;
}

/** The best epoch so far. */
export interface Best {
  readonly epoch: number;
  readonly value: number;
  readonly weights: ReadonlyMap<string, Tensor>;
}

const monitors: readonly string[] = ["loss", "accuracy", "validationLoss", "validationAccuracy"];

/** Watches one number over the epochs and keeps the weights of the best. */
export class EarlyStopping {
  readonly monitor: Monitor;
  readonly restoreBest: boolean;
  best: Best | undefined;
  readonly #patience: number;
  readonly #minDelta: number;

  constructor(options: EarlyStoppingOptions, validates: boolean) {
    checkOptions("fit: earlyStopping", options, ["patience", "monitor", "minDelta", "restoreBest"]);
    const {
      patience,
      monitor = validates ? "validationLoss" : "loss",
      minDelta = 0,
      restoreBest = true,
    } = options;
    checkCount("fit: earlyStopping.patience", patience);
    check(
      monitors.includes(monitor),
      () => `fit: earlyStopping.monitor is ${show(monitor)}; it must be one of ${monitors.join(", ")}.`,
    );
    check(
      validates || !monitor.startsWith("validation"),
      () =>
        `fit: earlyStopping watches ${monitor}, but there is no validation. Give a data set as validation.`,
    );
    checkNumber("fit: earlyStopping.minDelta", minDelta, { min: 0 });
    checkFlags("fit: earlyStopping", { restoreBest });
    this.monitor = monitor;
    this.restoreBest = restoreBest;
    this.#patience = patience;
    this.#minDelta = minDelta;
  }

  /** Takes in an epoch and the weights it ended with. */
  add(record: EpochRecord, weights: ReadonlyMap<string, Tensor>): void {
    const value = record[this.monitor];
    check(
      value !== undefined && !Number.isNaN(value),
      () =>
        `fit: earlyStopping watches ${this.monitor}, which is ${value} in epoch ${record.epoch}. ` +
        "Accuracy needs targets that are class indices.",
    );
    if (!this.best || this.#isBetter(value, this.best.value))
      this.best = { epoch: record.epoch, value, weights };
  }

  /** Whether the patience has run out after so many epochs. */
  isOver(epochs: number): boolean {
    return this.best !== undefined && epochs - this.best.epoch >= this.#patience;
  }

  #isBetter(value: number, best: number): boolean {
    return this.monitor.toLowerCase().endsWith("loss")
      ? value < best - this.#minDelta
      : value > best + this.#minDelta;
  }
}
