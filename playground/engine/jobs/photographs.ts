import { type Model, Tensor } from "featuremap";
import { type Image, prepare, preprocessingFor, readImage } from "featuremap/image";
import {
  type ColorScale,
  type Explanation,
  explanationFigure,
  featureMapGrid,
  gradCam,
  inputImage,
  integratedGradients,
  occlusion,
  type PicturePanel,
  saliency,
  smoothGrad,
  summary,
} from "featuremap/inspect";
import { importOnnx } from "featuremap/onnx";
import { readWeights } from "featuremap/weights";
import { imagenetLabels, models } from "featuremap/zoo";
import type { Job } from "../engine.js";
import { networkByCount, networkByName } from "./which-network.js";

/** A network that photographs can be shown to. */
export interface Opened {
  readonly title: string;
  /** In the zoo; undefined for ONNX files. */
  readonly zoo?: string;
  readonly parameters: number;
  /** [c, h, w] */
  readonly inputShape: readonly number[];
  readonly classes: readonly string[];
  /** Layers with maps to look at, of more than one pixel. */
  readonly layers: readonly LayerOf[];
  /** What pictures go through is only what is usual: the file does not say it. */
  readonly isGuess: boolean;
}

interface LayerOf {
  readonly name: string;
  readonly type: string;
  /** [c, h, w] */
  readonly output: readonly number[];
}

/** The network that is open, and what it was shown last, which may still be made ready. */
let current: { readonly model: Model; input?: Promise<Tensor> } | undefined;

/** Opens an ONNX file, or weights for a network of the zoo: the one named, or the one that they seem to be of. */
export async function open({ file, zoo }: { file: File; zoo?: string }, job: Job): Promise<Opened> {
  current?.model.dispose();
  current = undefined;
  if (/\.onnx$/i.test(file.name)) return openOnnx(file, job);
  const name = zoo ?? networkByName(file.name) ?? (await networkInside(file));
  const { title, create, preprocessing } = models[name]!;
  if (!preprocessing) throw new Error(`${title} is not a network for photographs. Choose one that is.`);
  return opened(title, await create({ weights: file, signal: job.signal }), {
    job,
    isGuess: false,
    zoo: name,
  });
}

/** Of an ONNX file that leaves sizes open. */
const USUAL = [1, 3, 224, 224];

async function openOnnx(file: File, job: Job): Promise<Opened> {
  const { signal } = job;
  const model = await importOnnx(file, { signal }).catch((error) =>
    // Sizes may be left open; if that was not it, the first error is the one to tell.
    importOnnx(file, { signal, shapes: USUAL }).catch(() => {
      throw error;
    }),
  );
  const preprocessing = preprocessingFor(models.resnet18!.preprocessing!, model.inputShape);
  if (!preprocessing) {
    const takes = model.inputShape.join(" × ");
    model.dispose();
    throw new Error(
      `${file.name} takes inputs of ${takes}, which are no photographs. Choose a network for pictures, of one or three channels.`,
    );
  }
  model.prepare = (picture) => prepare(picture as Image, preprocessing);
  if (model.classes.length === 0 && model.outputShape[0] === imagenetLabels.length)
    model.classes = imagenetLabels;
  return opened(file.name, model, { job, isGuess: true });
}

async function networkInside(file: File): Promise<string> {
  const found = networkByCount((await readWeights(file)).tensors);
  if (found) return found;
  throw new Error(
    `${file.name} does not say which network its weights are of. Choose the network first, then the file.`,
  );
}

function opened(
  title: string,
  model: Model,
  { job, isGuess, zoo }: { readonly job: Job; readonly isGuess: boolean; readonly zoo?: string },
): Opened {
  // Another file may have been given since.
  if (job.signal.aborted) model.dispose();
  job.signal.throwIfAborted();
  current?.model.dispose();
  current = { model };
  const { layers, parameters } = summary(model);
  return {
    title,
    ...(zoo !== undefined && { zoo }),
    parameters,
    inputShape: model.inputShape,
    classes: model.classes,
    layers: layers
      .filter(({ output: [, h = 1, w = 1] }) => h * w > 1)
      .map(({ name, type, output }) => ({ name, type, output })),
    isGuess,
  };
}

export interface Answer {
  /** What the network saw: cut out and resized. */
  readonly seen: Image;
  readonly guesses: readonly {
    readonly label: string;
    readonly index: number;
    readonly probability: number;
  }[];
  readonly ms: number;
}

/** Shows the network a photograph. */
export async function classify({ photograph }: { photograph: Blob }): Promise<Answer> {
  const now = ready();
  const { model } = now;
  // Kept at once: of two photographs the one that was given last counts, whichever is ready first.
  now.input = decoded(photograph).then((image) => model.prepare!(image));
  const input = await now.input;
  const started = performance.now();
  const guesses = await model.classify(input);
  const ms = performance.now() - started;
  return { seen: await inputImage(model, input), guesses, ms };
}

/** Any picture that the library or the browser can decode. */
async function decoded(photograph: Blob): Promise<Image> {
  try {
    return await readImage(photograph);
  } catch (error) {
    const bitmap = await createImageBitmap(photograph).catch(() => {
      throw error;
    });
    return readImage(bitmap);
  }
}

/** More maps would not be told apart. */
const MOST = 64;

export interface Maps {
  readonly image: Image;
  readonly shown: number;
  readonly all: number;
}

/** What a layer made of the photograph: its first maps, each in its own range. */
export async function maps({ layer }: { layer: string }): Promise<Maps> {
  const { model, input } = await shown();
  const output = (await model.taps(input, [layer]))[layer]!;
  const [, all = 0, h = 1, w = 1] = output.shape;
  const count = Math.min(all, MOST);
  const first = new Tensor(output.data.slice(0, count * h * w), [count, h, w]);
  const gap = Math.max(1, Math.round(w / 28));
  return { image: featureMapGrid(first, { background: null, gap }), shown: count, all };
}

const methods = { gradCam, saliency, smoothGrad, integratedGradients, occlusion };

/** A way to ask where the network looked. */
export type Method = keyof typeof methods;

export interface Explained {
  /** The heat over what the network saw. */
  readonly image: Image;
  readonly method: string;
  /** What the heat means. */
  readonly text: string;
  readonly label: string;
  /** What its colours mean. */
  readonly scale: ColorScale;
}

/** Where the photograph speaks for a class. */
export async function explain(
  { method, index }: { method: Method; index: number },
  { signal, report }: Job,
): Promise<Explained> {
  const { model, input } = await shown();
  const long = method !== "gradCam" && method !== "saliency";
  const explanation: Explanation = await methods[method](model, input, {
    class: index,
    signal,
    ...(long && { onProgress: report }),
  });
  const { text, target } = explanation;
  const [, overlay] = (await explanationFigure(model, input, explanation)).panels as PicturePanel[];
  const { image, scale } = overlay!;
  return { image, scale: scale!, method: explanation.method, text, label: target.label };
}

function ready(): NonNullable<typeof current> {
  if (!current) throw new Error("Open a network first.");
  return current;
}

async function shown(): Promise<{ model: Model; input: Tensor }> {
  const { model, input } = ready();
  if (!input) throw new Error("Show the network a photograph first.");
  return { model, input: await input };
}
