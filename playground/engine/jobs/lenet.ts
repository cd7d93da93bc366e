import type { Model } from "featuremap";
import { augment, type Dataset, split } from "featuremap/data";
import { adam, evaluate, fit, type StepProgress, sgd } from "featuremap/train";
import { lenet5 } from "featuremap/zoo";
import type { Job } from "../engine.js";
import { fileOf, setWeights, type Weights, weightsOf } from "../weights.js";
import { type Download, digits } from "./digits.js";

export interface TrainArgs {
  /** What to go on from; null begins with random weights. */
  readonly weights: Weights | null;
  /** Decides random weights, the order of the digits and their changes. */
  readonly seed: number;
  readonly optimizer: "adam" | "sgd";
  readonly lr: number;
  readonly batchSize: number;
  readonly epochs: number;
  /** Whether digits are moved by up to 2 pixels and turned by up to 10 degrees. */
  readonly augment: boolean;
}

/** Where training stands; a few a second. */
export interface StepReport {
  readonly kind: "step";
  readonly epoch: number;
  /** Digits seen so far, in epochs. */
  readonly at: number;
  /** Means over the steps since the last report. */
  readonly loss: number;
  readonly accuracy: number;
  readonly stepMs: number;
  readonly imagesPerSecond: number;
  readonly threads: number;
  readonly weights: Weights;
}

/** How well it does on digits that it does not learn from. */
export interface TestReport {
  readonly kind: "test";
  readonly at: number;
  readonly loss: number;
  readonly accuracy: number;
  /** How many digits were tested. */
  readonly count: number;
  /** Rows: what was shown; columns: what it was taken for. */
  readonly confusion: number[][];
}

export type TrainReport = ({ readonly kind: "download" } & Download) | StepReport | TestReport;

/** Milliseconds of steps in a report: those of tests and pauses would leave few steps, and noise. */
const REPORT_MS = 200;
/** Digits between two tests on a part, and how many it has. */
const TEST_EVERY = 6400;
const PART = 1000;

/** Trains LeNet-5 on MNIST, and tells of it. Gives the weights. */
export async function train(args: TrainArgs, { signal, report }: Job): Promise<Weights> {
  const tell = (value: TrainReport): void => report(value);
  paused = false;
  const loading = {
    signal,
    onProgress: (download: Download) => tell({ kind: "download", ...download }),
  };
  const [training, all] = [await digits("train", loading), await digits("test", loading)];
  const [part] = split(all, PART / all.length, 1);
  using model = await network(args.weights, args.seed);
  const { batchSize, lr, epochs, seed } = args;

  const test = async (data: Dataset, at: number): Promise<void> => {
    const { loss, accuracy, count, confusion } = await evaluate(model, data, { batchSize: 250, signal });
    tell({ kind: "test", at, loss, accuracy, count, confusion: confusion.matrix });
  };
  const window = new Window();
  const perTest = Math.ceil(TEST_EVERY / batchSize);
  let isFirst = true;
  await test(part, 0);
  window.open();
  await fit(model, training, {
    epochs,
    batchSize,
    seed,
    signal,
    optimizer: args.optimizer === "adam" ? adam({ lr }) : sgd({ lr, momentum: 0.9 }),
    ...(args.augment && { augment: augment({ shift: 2, rotate: 10 }) }),
    callbacks: {
      async onStepEnd(progress) {
        const { epoch, step, steps } = progress;
        window.add(progress, Math.min(step * batchSize, training.length));
        const at = epoch - 1 + step / steps;
        const isLast = step === steps;
        if (isFirst || isLast || window.ms > REPORT_MS) {
          isFirst = false;
          const { threads } = model.runtime;
          tell({ kind: "step", epoch, at, threads, ...window.take(), weights: weightsOf(model) });
        }
        if (!isLast && step % perTest === 0) await test(part, at);
        await untilResumed(signal);
        window.open();
      },
      async onEpochEnd({ epoch }) {
        await test(all, epoch);
        window.open();
      },
    },
  });
  return weightsOf(model);
}

let paused = false;
let wake = (): void => {};

/** Holds the training between two steps, or lets it go on. */
export async function pause({ on }: { readonly on: boolean }, _job: Job): Promise<void> {
  paused = on;
  if (!on) wake();
}

/** The weights in a file of the same network: safetensors, .pth or ONNX. */
export async function read({ file }: { readonly file: File }, { signal }: Job): Promise<Weights> {
  if (/\.onnx$/i.test(file.name)) {
    const { importOnnx } = await import("featuremap/onnx");
    using imported = await importOnnx(file, { signal });
    using model = await network(null, 0);
    model.loadStateDict(imported.stateDict(), {}, file.name);
    return sound(model, file);
  }
  using model = await network(null, 0);
  await model.load(file, { signal });
  return sound(model, file);
}

/** The weights that were read. Throws for some that are no numbers, with which nothing can be answered. */
function sound(model: Model, file: File): Weights {
  for (const [name, { data }] of model.stateDict()) {
    const wrong = data.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) {
      throw new Error(
        `${file.name} has ${wrong} in "${name}": the training that made it went astray. Take other weights.`,
      );
    }
  }
  return weightsOf(model);
}

/** The weights as a file. */
export async function write(
  { weights, format }: { readonly weights: Weights; readonly format: "safetensors" | "onnx" },
  _job: Job,
): Promise<Uint8Array<ArrayBuffer>> {
  using model = await network(weights, 0);
  return await fileOf(model, format);
}

async function network(weights: Weights | null, seed: number): Promise<Model> {
  const model = await lenet5({ inputShape: [1, 28, 28], seed });
  if (weights) setWeights(model, weights);
  return model;
}

async function untilResumed(signal: AbortSignal): Promise<void> {
  while (paused && !signal.aborted) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}

/** Means over the steps since they were last taken. Only the time of steps counts, not that of tests and pauses. */
class Window {
  #opened = 0;
  #ms = 0;
  #steps = 0;
  #loss = 0;
  /** Seen and right in this epoch, at the last step and when they were last taken. */
  #now = { epoch: 0, seen: 0, right: 0 };
  #before = this.#now;
  #images = 0;
  #right = 0;

  /** Milliseconds of the steps since they were last taken. */
  get ms(): number {
    return this.#ms;
  }

  open(): void {
    this.#opened = performance.now();
  }

  /** A step after which `seen` digits of the epoch are done. */
  add({ epoch, batchLoss, accuracy }: StepProgress, seen: number): void {
    this.#ms += performance.now() - this.#opened;
    this.#before = this.#now.epoch === epoch ? this.#now : { epoch, seen: 0, right: 0 };
    this.#now = { epoch, seen, right: accuracy * seen };
    const images = seen - this.#before.seen;
    this.#steps++;
    this.#images += images;
    this.#right += this.#now.right - this.#before.right;
    this.#loss += batchLoss * images;
  }

  take() {
    const [steps, images] = [this.#steps, this.#images];
    const means = {
      loss: this.#loss / images,
      accuracy: this.#right / images,
      stepMs: this.#ms / steps,
      imagesPerSecond: (1000 * images) / this.#ms,
    };
    this.#ms = this.#steps = this.#loss = this.#images = this.#right = 0;
    return means;
  }
}
