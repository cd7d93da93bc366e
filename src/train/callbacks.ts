import { checkIs, checkOptions } from "../errors.js";
import type { EpochRecord, FitResult } from "./fit.js";

/** What is known before the first step. */
export interface TrainBegin {
  /** Epochs in all, and those done before by the training that is resumed. */
  readonly epochs: number;
  readonly epochsDone: number;
  /** Steps of an epoch; NaN where that is not known. */
  readonly steps: number;
  /** Samples of an epoch; NaN where that is not known. */
  readonly samples: number;
}

/** Where training stands after a step. */
export interface StepProgress {
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Step of the epoch, counted from 1. */
  readonly step: number;
  /** Steps of the epoch; NaN where that is not known. */
  readonly steps: number;
  /** Mean over the epoch so far. */
  readonly loss: number;
  /** Of this step alone. */
  readonly batchLoss: number;
  /** Share of right answers over the epoch so far; NaN where targets are values. */
  readonly accuracy: number;
  readonly lr: number;
  /** Length of this step's gradient before clipping; NaN unless it is clipped. */
  readonly gradientNorm: number;
  /** Over the epoch so far. */
  readonly imagesPerSecond: number;
  /** To the end of the last epoch, validation left out; NaN where the number of steps is not known. */
  readonly secondsLeft: number;
}

/** What to call during training. A function that gives false, or a promise of it, ends the training. */
export interface Callbacks {
  onTrainBegin?(begin: TrainBegin): unknown;
  onStepEnd?(progress: StepProgress): unknown;
  onEpochEnd?(record: EpochRecord): unknown;
  onTrainEnd?(result: FitResult): unknown;
}

type Arguments = { [K in keyof Callbacks]-?: Parameters<NonNullable<Callbacks[K]>>[0] };

/** Several callbacks as one. */
export class Audience {
  readonly #callbacks: readonly Callbacks[];

  constructor(callbacks: Callbacks | readonly Callbacks[] = []) {
    this.#callbacks = [callbacks].flat();
    for (const callback of this.#callbacks) {
      checkOptions("fit: callbacks", callback, ["onTrainBegin", "onStepEnd", "onEpochEnd", "onTrainEnd"]);
      for (const [name, call] of Object.entries(callback)) {
        checkIs(call === undefined || typeof call === "function", `fit: ${name}`, call, "a function");
      }
    }
  }

  /** Calls all of them, one after the other. Gives false if any of them wants training to end. */
  async tell<K extends keyof Callbacks>(event: K, argument: Arguments[K]): Promise<boolean> {
    let goOn = true;
    for (const callbacks of this.#callbacks) {
      const call = callbacks[event] as ((argument: Arguments[K]) => unknown) | undefined;
      if ((await call?.call(callbacks, argument)) === false) goOn = false;
    }
    return goOn;
  }
}
