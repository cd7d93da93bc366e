import { split } from "featuremap/data";
import { networkDiagram, type Summary, summary } from "featuremap/inspect";
import { adam, evaluate, fit, sgd } from "featuremap/train";
import { build, misfit } from "../../rooms/yours/build.js";
import { Mistake, type Span } from "../../rooms/yours/mistake.js";
import type { Job } from "../engine.js";
import { fileOf, setWeights, type Weights, weightsOf } from "../weights.js";
import { type Download, digits, type Loading } from "./digits.js";
import { type Data, readIdxFiles } from "./idx-files.js";

/** What a source describes. */
export interface Description {
  readonly summary: Summary;
  /** Its picture. */
  readonly svg: string;
  /** Where each layer was written, by name. */
  readonly places: Readonly<Record<string, Span>>;
  /** Why it cannot be trained here, though it is right in itself. */
  readonly misfit?: string;
  /** The source as a module for use outside. */
  readonly module: string;
}

/** What is wrong with a source, and where. */
export interface Wrong extends Span {
  readonly message: string;
}

/** What the network of a source is made of, with a picture of a width in pixels; or what is wrong with it. */
export async function describe({
  source,
  width,
}: {
  readonly source: string;
  readonly width: number;
}): Promise<Description | { readonly wrong: Wrong }> {
  try {
    const { model, written } = await build(source);
    try {
      const why = misfit(model);
      return {
        summary: summary(model),
        svg: networkDiagram(model, { title: "Your network", width, interactive: true, standalone: false }),
        places: Object.fromEntries(
          [...written.places].map(([name, { start, end }]) => [name, { start, end }]),
        ),
        module: moduleOf(source, written.uses, written.result),
        ...(why !== undefined && { misfit: why }),
      };
    } finally {
      model.dispose();
    }
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    const { start, end } = error.span;
    return { wrong: { message: error.message, start, end } };
  }
}

/** The source with its imports, and its network under a name. */
function moduleOf(source: string, uses: readonly string[], result: Span | undefined): string {
  const named = result
    ? `${source.slice(0, result.start)}export const network = ${source.slice(result.start)}`
    : source;
  return /^\s*import\b/m.test(source)
    ? named
    : `import { ${[...uses].sort().join(", ")} } from "featuremap";\n\n${named}`;
}

/** Files of the user's, kept until others come. */
let own: { readonly id: string; readonly data: Data } | undefined;

export interface OwnData {
  /** To train on them. */
  readonly id: string;
  readonly training: number;
  readonly test: number;
}

/** Reads four idx files. */
export async function open({ files }: { readonly files: readonly File[] }): Promise<OwnData> {
  const data = await readIdxFiles(files);
  const id = crypto.randomUUID();
  own = { id, data };
  return { id, training: data.training.length, test: data.test.length };
}

export interface TrainArgs {
  readonly source: string;
  /** "mnist", or that of files that were opened. */
  readonly data: string;
  readonly optimizer: "adam" | "sgd";
  readonly lr: number;
  readonly batchSize: number;
  /** How many pictures to learn from; more than there are means several rounds. */
  readonly images: number;
  /** Decides first weights, order and dropout. */
  readonly seed: number;
}

/** Where training stands; a few a second. */
export interface StepReport {
  readonly kind: "step";
  /** Pictures seen so far. */
  readonly at: number;
  /** Means since the last report. */
  readonly loss: number;
  readonly imagesPerSecond: number;
  /** Of training alone. */
  readonly seconds: number;
}

/** How well it does on pictures that it does not learn from. */
export interface TestReport {
  readonly kind: "test";
  readonly at: number;
  readonly loss: number;
  readonly accuracy: number;
  /** How many were tested. */
  readonly count: number;
}

export type TrainReport =
  | ({ readonly kind: "download" } & Download)
  | { readonly kind: "begin" }
  | StepReport
  | TestReport;

const REPORT_MS = 200;
/** Pictures of a test on the way, and how many such tests there are. */
const PART = 500;
const TESTS = 8;

let course: "on" | "paused" | "stopped" = "on";
let wake = (): void => {};

/** Holds the training between two steps, lets it go on, or ends it; then it is tested as it is. */
export async function steer({ to }: { readonly to: typeof course }): Promise<void> {
  course = to;
  wake();
}

/** Trains the network of a source and tells of it. The last report is a test on all test pictures. Gives the weights. */
export async function train(args: TrainArgs, { signal, report }: Job): Promise<Weights> {
  const tell = (value: TrainReport): void => report(value);
  course = "on";
  const { source, images, batchSize, lr, seed } = args;
  const { training, test } = await dataOf(args.data, {
    signal,
    onProgress: (download) => tell({ kind: "download", ...download }),
  });
  signal.throwIfAborted();
  using model = (await build(source, seed)).model;
  const [part] = split(test, Math.min(1, PART / test.length), 1);
  const measure = async (data: typeof test, at: number): Promise<void> => {
    const { loss, accuracy, count } = await evaluate(model, data, { batchSize: 250, signal });
    tell({ kind: "test", at, loss, accuracy, count });
  };
  tell({ kind: "begin" });
  await measure(part, 0);

  const every = Math.max(batchSize, Math.ceil(images / TESTS));
  let [seen, told, tested, seconds, ms, sum, recent] = [0, 0, 0, 0, 0, 0, 0];
  let began = performance.now();
  const epochs = Math.ceil(images / training.length);
  await fit(model, training, {
    epochs,
    batchSize,
    seed,
    signal,
    optimizer: args.optimizer === "adam" ? adam({ lr }) : sgd({ lr, momentum: 0.9 }),
    callbacks: {
      async onStepEnd({ batchLoss, step, steps }) {
        const count = step < steps ? batchSize : training.length - (steps - 1) * batchSize;
        ms += performance.now() - began;
        seen += count;
        recent += count;
        sum += batchLoss * count;
        const isOver = seen >= images || course === "stopped";
        if (isOver || performance.now() - told > REPORT_MS) {
          seconds += ms / 1000;
          tell({
            kind: "step",
            at: seen,
            loss: sum / recent,
            imagesPerSecond: (1000 * recent) / ms,
            seconds,
          });
          [told, ms, sum, recent] = [performance.now(), 0, 0, 0];
        }
        if (!isOver && seen - tested >= every) {
          tested = seen;
          await measure(part, seen);
        }
        await untilResumed(signal);
        began = performance.now();
        return seen < images && course !== "stopped";
      },
    },
  });
  await measure(test, seen);
  return weightsOf(model);
}

async function dataOf(id: string, loading: Loading): Promise<Data> {
  if (id === "mnist")
    return { training: await digits("train", loading), test: await digits("test", loading) };
  if (own?.id !== id) throw new Error("Your files are not there any more. Give them again.");
  return own.data;
}

async function untilResumed(signal: AbortSignal): Promise<void> {
  while (course === "paused" && !signal.aborted) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}

/** A trained network as a file. */
export async function write({
  source,
  weights,
  format,
}: {
  readonly source: string;
  readonly weights: Weights;
  readonly format: "safetensors" | "onnx";
}): Promise<Uint8Array<ArrayBuffer>> {
  using model = (await build(source, 0)).model;
  setWeights(model, weights);
  return await fileOf(model, format);
}
