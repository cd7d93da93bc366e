import { type Command, Option } from "commander";
import { writeFileAtomic } from "#platform";
import type { Dataset } from "../data/index.js";
import { FeatureMapError } from "../errors.js";
import type { Model } from "../index.js";
import { type TrainingStep, trainingReport } from "../inspect/index.js";
import { formatCount, percent } from "../inspect/numbers.js";
import {
  adam,
  adamW,
  constant,
  cosine,
  type Evaluation,
  type FitResult,
  fit,
  type Optimizer,
  oneCycle,
  type Schedule,
  sgd,
  stepDecay,
} from "../train/index.js";
import { type DataOptions, findSource, type Source } from "./data.js";
import { evaluateWithProgress } from "./evaluation.js";
import { INTERRUPTED, Interrupted, interruptible, UsageError } from "./exit.js";
import { checkOutputs } from "./files.js";
import { dataOptions, findModel, jsonOption, number, start, threadsOption, whole } from "./options.js";
import { duration, Progress, Smooth } from "./progress.js";
import { showSamples, worthShowing } from "./samples.js";
import { bold, print, printJson } from "./terminal.js";
import { type Loaded, saveModel } from "./weights.js";

interface TrainOptions extends DataOptions {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly optimizer: keyof typeof optimizers;
  readonly lr?: number;
  readonly weightDecay?: number;
  readonly schedule: keyof typeof schedules;
  readonly seed: number;
  readonly threads?: number;
  readonly out?: string;
  readonly report?: string;
  readonly show?: number;
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly json?: boolean;
}

type Rates = { lr: number; weightDecay?: number };

const optimizers = {
  adam: (rates: Rates): Optimizer => adam(rates),
  adamw: (rates: Rates): Optimizer => adamW(rates),
  sgd: (rates: Rates): Optimizer => sgd({ ...rates, momentum: 0.9 }),
};

const optimizerTitles = { adam: "Adam", adamw: "AdamW", sgd: "SGD" };

const schedules = {
  "one-cycle": (lr: number): Schedule => oneCycle({ maxLr: lr }),
  cosine: (): Schedule => cosine(),
  step: (_lr: number, epochs: number): Schedule => stepDecay({ every: Math.max(1, Math.ceil(epochs / 3)) }),
  constant: (): Schedule => constant(),
};

export function addTrain(program: Command): void {
  const command = program
    .command("train")
    .summary("train a network, test it and save its weights")
    .description(
      "Trains a network on a data set, tests it on the part it has not seen, and saves its weights.",
    )
    .argument("<network>", "a network of the zoo, such as lenet5");
  dataOptions(command)
    .addOption(
      new Option("--epochs <n>", "how often to go through the data (default: the network's own)").argParser(
        whole(1),
      ),
    )
    .addOption(
      new Option("--batch-size <n>", "samples in a step (default: the network's own)").argParser(whole(1)),
    )
    .addOption(
      new Option("--optimizer <name>", "rule of the steps; sgd has a momentum of 0.9")
        .choices(Object.keys(optimizers))
        .default("adam"),
    )
    .addOption(
      new Option(
        "--lr <x>",
        "learning rate, the highest of the schedule (default: the network's own; needed for sgd)",
      ).argParser(number(0)),
    )
    .addOption(
      new Option("--weight-decay <x>", "pull towards zero (default: 0.01 for adamw, else 0)").argParser(
        number(0, true),
      ),
    )
    .addOption(
      new Option(
        "--schedule <name>",
        "course of the learning rate; step: a tenth after each third of the epochs",
      )
        .choices(Object.keys(schedules))
        .default("one-cycle"),
    )
    .addOption(
      new Option("--seed <n>", "decides the initial weights and the order of samples")
        .argParser(whole(0))
        .default(1),
    )
    .addOption(threadsOption())
    .option("--out <file>", "where to save the weights (default: <network>.safetensors)")
    .option("--report <file>", "also write a report as an HTML page")
    .addOption(new Option("--show <n>", "show so many test samples in the terminal").argParser(whole(0, 100)))
    .option("--checkpoint <file>", "save the state of the training after each epoch, to resume it")
    .option("--resume <file>", "go on from a checkpoint; the other options must be those it was begun with")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Ctrl-C ends the training after the step under way. The weights are saved if an epoch was done.

Examples:
  featuremap train lenet5 --data mnist --report lenet5.html --show 6
  featuremap train lenet5 --data photos/ --epochs 20 --lr 0.003 --out photos.safetensors`,
    )
    .action((name: string, options: TrainOptions) => train(name, options));
}

async function train(name: string, options: TrainOptions): Promise<void> {
  const { title, inputShape, create, recipe } = findModel(name);
  const { epochs = recipe.epochs, batchSize = recipe.batchSize, seed, json = false } = options;
  const { out = `${name}.safetensors`, report, checkpoint, show = 0 } = options;
  if (options.optimizer === "sgd" && options.lr === undefined)
    throw new UsageError("--optimizer sgd needs a learning rate. Give it as --lr.");
  const lr = options.lr ?? recipe.lr;
  await checkOutputs([out, report, checkpoint]);
  const say = json ? (): void => {} : print;

  const source = await findSource(options, inputShape);
  const [training, test] = [await source.load("train"), await source.load("test")];
  const { threads } = await start(options);
  using model = await create({ inputShape: source.shape, classes: training.classes, seed });
  const loaded: Loaded = { name, model, preprocessing: source.preprocessing };
  say(`Training ${title}, ${formatCount(model.parameterCount)} parameters, on ${count(threads, "thread")}.`);
  say(
    `${source.title}: ${formatCount(training.length)} pictures to learn from, ${formatCount(test.length)} others to test on.\n`,
  );

  const steps: TrainingStep[] = [];
  const rates = { lr, ...(options.weightDecay !== undefined && { weightDecay: options.weightDecay }) };
  const fitting = {
    epochs,
    batchSize,
    seed,
    optimizer: optimizers[options.optimizer](rates),
    schedule: schedules[options.schedule](lr, epochs),
    ...(checkpoint !== undefined && { checkpoint: { path: checkpoint } }),
    ...(options.resume !== undefined && { resume: options.resume }),
  };
  const result = await learn(model, training, fitting, steps, say).catch(async (error: unknown) => {
    const epoch = steps.at(-1)?.epoch ?? 1;
    // Less than an epoch is not worth replacing what an earlier training may have left in the file.
    const saved = steps.length >= Math.ceil(training.length / batchSize);
    if (saved) await saveModel(out, loaded);
    if (!(error instanceof Interrupted))
      throw saved ? new FeatureMapError(`${(error as Error).message} What was learned is in ${out}.`) : error;
    const kept = saved
      ? `The weights as they are now are in ${out}; they were not tested.`
      : "Nothing was saved.";
    if (json)
      printJson({
        model: name,
        data: source.title,
        stopped: "interrupt",
        epoch,
        steps: steps.length,
        ...(saved && { out }),
      });
    say(`Stopped in epoch ${epoch} of ${epochs}, after ${count(steps.length, "step")}. ${kept}`);
    process.exitCode = INTERRUPTED;
    return undefined;
  });
  if (!result) return;
  await saveModel(out, loaded);

  const evaluation = await interruptible((signal) =>
    evaluateWithProgress(model, test, { mistakes: true, signal }),
  ).catch((error) => {
    if (error instanceof Interrupted)
      throw new Interrupted(`Interrupted during the test. The weights are in ${out}.`);
    throw error;
  });
  const { seconds, imagesPerSecond } = speed(result, training.length);
  say(
    `\nTest: ${bold(`${percent(evaluation.accuracy)} right`)} of ${formatCount(test.length)} pictures not seen before, loss ${evaluation.loss.toFixed(4)}.`,
  );
  if (report !== undefined) {
    const facts = {
      Epochs: `${result.history.length}`,
      "Images per second": formatCount(Math.round(imagesPerSecond)),
      Threads: `${threads}`,
      Seconds: seconds.toFixed(1),
    };
    const lead = `Trained on ${formatCount(training.length)} pictures with ${optimizerTitles[options.optimizer]}, ${count(result.history.length, "epoch")} in batches of ${batchSize}; tested on ${formatCount(test.length)} others.`;
    const page = await trainingReport({
      name: `${title} on ${source.title}`,
      model,
      dataset: test,
      evaluation,
      steps,
      facts,
      lead,
    });
    await writeFileAtomic(report, new TextEncoder().encode(page));
  }
  say(
    `Saved the weights in ${out}${report === undefined ? "" : `, and a report in ${report}: open it in a browser`}.`,
  );
  if (json) {
    printJson(
      summaryOf({
        name,
        source,
        model,
        threads,
        result,
        seconds,
        imagesPerSecond,
        evaluation,
        out,
        report,
        checkpoint,
      }),
    );
    return;
  }
  if (show > 0) {
    const { mistakes = [] } = evaluation;
    const indices = worthShowing(Math.min(show, test.length), test.length, mistakes);
    const what =
      mistakes.length > 0
        ? "Some test pictures and what it takes them for; ✗ marks mistakes:"
        : "Some test pictures and what it takes them for:";
    print(`\n${what}\n\n${await showSamples(model, test, indices, { border: source.preprocessing.pad })}`);
  }
}

type Fitting = Omit<Parameters<typeof fit>[2], "callbacks" | "signal">;

/** Trains with a progress bar for each epoch, and a line after it. Adds each step to `steps`. */
async function learn(
  model: Model,
  training: Dataset,
  options: Fitting,
  steps: TrainingStep[],
  say: (line: string) => void,
): Promise<FitResult> {
  const batch = options.batchSize!;
  const [loss, accuracy] = [new Smooth(), new Smooth()];
  let progress: Progress | undefined;
  let [seen, right] = [0, 0];
  const clear = (): void => {
    progress?.stop();
    progress = undefined;
  };
  try {
    return await interruptible(
      (signal) =>
        fit(model, training, {
          ...options,
          signal,
          callbacks: {
            onStepEnd(at) {
              // What is told is the mean over the epoch; of this batch it is the difference to the step before.
              const now = Math.min(at.step * batch, training.length);
              if (at.step === 1) [seen, right] = [0, 0];
              const step = {
                epoch: at.epoch,
                loss: at.batchLoss,
                accuracy: (at.accuracy * now - right) / (now - seen),
              };
              [seen, right] = [now, at.accuracy * now];
              steps.push(step);
              loss.add(step.loss);
              accuracy.add(step.accuracy);
              progress ??= new Progress(`epoch ${at.epoch} of ${at.epochs}`, at.steps);
              progress.update(
                at.step,
                `loss ${loss.mean.toFixed(4)}  accuracy ${percent(accuracy.mean)}  ` +
                  `${formatCount(Math.round(at.imagesPerSecond))} images/s  ${duration(at.secondsLeft)} left`,
              );
            },
            onEpochEnd(record) {
              clear();
              const epoch = `epoch ${String(record.epoch).padStart(String(options.epochs).length)} of ${options.epochs}`;
              const images = formatCount(Math.round(record.imagesPerSecond)).padStart(6);
              say(
                `${epoch}   loss ${record.loss.toFixed(4)}   accuracy ${percent(record.accuracy).padStart(8)}   ` +
                  `${images} images/s   ${duration(record.seconds)}`,
              );
            },
          },
        }),
      () => {
        clear();
        process.stderr.write("Stopping after this step. Ctrl-C again ends at once.\n");
      },
    );
  } finally {
    clear();
  }
}

/** Of the training alone: seconds, and images in each. */
function speed({ history }: FitResult, samples: number): { seconds: number; imagesPerSecond: number } {
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return { seconds, imagesPerSecond: (samples * history.length) / seconds };
}

function summaryOf(all: {
  name: string;
  source: Source;
  model: Model;
  threads: number;
  result: FitResult;
  seconds: number;
  imagesPerSecond: number;
  evaluation: Evaluation;
  out: string;
  report: string | undefined;
  checkpoint: string | undefined;
}): object {
  const {
    name,
    source,
    model,
    threads,
    result,
    seconds,
    imagesPerSecond,
    evaluation,
    out,
    report,
    checkpoint,
  } = all;
  const { loss, accuracy, count: samples, confusion } = evaluation;
  return {
    model: name,
    data: source.title,
    parameters: model.parameterCount,
    threads,
    stopped: result.stopped,
    steps: result.steps,
    seconds,
    imagesPerSecond,
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

function count(n: number, what: string): string {
  return `${formatCount(n)} ${what}${n === 1 ? "" : "s"}`;
}
