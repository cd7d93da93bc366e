import { type Model, Tensor } from "featuremap";
import {
  fromImageData,
  type Image,
  type Preprocessing,
  prepare,
  preprocessingFor,
  readImage,
} from "featuremap/image";
import { featureMapGrid, summary } from "featuremap/inspect";
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
  /** Layers with maps to look at, [c, h, w] with more than one pixel. */
  readonly layers: readonly { readonly name: string; readonly type: string; readonly output: readonly number[] }[];
  /** What pictures go through is only what is usual: the file does not say it. */
  readonly isGuess: boolean;
}

interface Current {
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  /** What the network was shown last. */
  input?: Tensor;
}

let current: Current | undefined;

/** Opens an ONNX file, or weights for a network of the zoo: the one named, or the one that they seem to be of. */
export async function open({ file, zoo }: { file: File; zoo?: string | undefined }, job: Job): Promise<Opened> {
  const before = current;
  current = undefined;
  before?.model.dispose();
  if (/\.onnx$/i.test(file.name)) return openOnnx(file);
  const name = zoo ?? networkByName(file.name) ?? (await networkInside(file));
  const entry = models[name];
  if (!entry?.preprocessing) throw new Error(`${name} is not a network for photographs. Choose one that is.`);
  const model = await entry.create({ weights: file, signal: job.signal });
  return opened(entry.title, model, entry.preprocessing, false, name);
}

/** Of an ONNX file whose sizes are left open, these are the usual ones. */
const USUAL = [1, 3, 224, 224];

async function openOnnx(file: File): Promise<Opened> {
  const model = await importOnnx(file).catch((error) =>
    // Sizes may be left open; if that was not it, the first error is the one to tell.
    importOnnx(file, { shapes: USUAL }).catch(() => {
      throw error;
    }),
  );
  const usual = models.resnet18!.preprocessing!;
  const preprocessing = preprocessingFor(usual, model.inputShape);
  if (!preprocessing) {
    model.dispose();
    throw new Error(
      `${file.name} takes inputs of ${model.inputShape.join(" × ")}, which no photograph is. Choose a network for pictures of one or three channels.`,
    );
  }
  if (model.classes.length === 0 && model.outputShape[0] === imagenetLabels.length) model.classes = imagenetLabels;
  return opened(file.name, model, preprocessing, true);
}

async function networkInside(file: File): Promise<string> {
  const { tensors } = await readWeights(file);
  const found = networkByCount(tensors);
  if (found) return found;
  throw new Error(`${file.name} does not say which network its weights are of. Choose the network, then the file again.`);
}

function opened(
  title: string,
  model: Model,
  preprocessing: Preprocessing,
  isGuess: boolean,
  zoo?: string,
): Opened {
  current = { model, preprocessing };
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
  readonly guesses: readonly { readonly label: string; readonly index: number; readonly probability: number }[];
  readonly ms: number;
}

/** Shows the network a photograph. */
export async function classify({ photograph }: { photograph: Blob }): Promise<Answer> {
  const now = ready();
  const { model, preprocessing } = now;
  const image = await decoded(photograph);
  const input = prepare(image, preprocessing);
  now.input = input;
  const started = performance.now();
  const guesses = await model.classify(input);
  return { seen: seenBy(image, preprocessing), guesses, ms: performance.now() - started };
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

/** The same way, without the normalisation that makes the numbers a network wants. */
function seenBy(image: Image, preprocessing: Preprocessing): Image {
  const { mean: _mean, std: _std, ...geometry } = preprocessing;
  const { data, shape } = prepare(image, geometry);
  const [, channels = 3, height = 1, width = 1] = shape;
  const area = height * width;
  const samples = new Uint8ClampedArray(area * 4);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) samples[i * 4 + c] = Math.round(255 * data[(channels === 1 ? 0 : c) * area + i]!);
    samples[i * 4 + 3] = 255;
  }
  return fromImageData({ data: samples, width, height } as ImageData);
}

/** More maps would not be told apart. */
const MOST = 64;

/** What a layer made of the photograph: its first maps, each in its own range. */
export async function maps({ layer }: { layer: string }): Promise<{ image: Image; shown: number; all: number }> {
  const { model, input } = ready();
  if (!input) throw new Error("Show the network a photograph first.");
  const output = (await model.taps(input, [layer]))[layer]!;
  const [, all = 0, h = 1, w = 1] = output.shape;
  const shown = Math.min(all, MOST);
  const first = new Tensor(output.data.slice(0, shown * h * w), [shown, h, w]);
  return { image: featureMapGrid(first, { background: null, gap: Math.max(1, Math.round(w / 28)) }), shown, all };
}

function ready(): Current {
  if (!current) throw new Error("Open a network first.");
  return current;
}
