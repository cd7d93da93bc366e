// Opening a network: of the zoo, with a file of weights, or a whole one from an ONNX file.

import { closeSync, openSync, readSync } from "node:fs";
import { readFile } from "#platform";
import { type Image, type Preprocessing, prepare, preparedShape, preprocessingFor } from "../image/index.js";
import type { Model } from "../index.js";
import type { Shape } from "../tensor.js";
import type { ZooModel, ZooOptions } from "../zoo/index.js";
import { downloading } from "./download.js";
import { UsageError } from "./exit.js";
import { labelsFrom } from "./labels.js";
import { openOnnx } from "./onnx.js";
import { findModel, type ReadingOptions, reading } from "./options.js";
import { changed, type PictureOptions } from "./pictures.js";
import { torchvisionWeights } from "./torchvision.js";
import { originOf } from "./weights.js";

export interface ModelOptions extends PictureOptions, ReadingOptions {
  readonly model?: string | undefined;
  readonly weights?: string | undefined;
  /** A file with the names of the classes. */
  readonly labels?: string | undefined;
  /** Without Winograd's algorithm. */
  readonly direct?: boolean | undefined;
  /** Of inputs that an ONNX file leaves open, by name. */
  readonly shape?: Readonly<Record<string, Shape>> | undefined;
}

/** A network ready to run. */
export interface Opened {
  /** As it was asked for. */
  readonly name: string;
  /** In the zoo, where it is known to be of it. */
  readonly zooName?: string | undefined;
  readonly model: Model;
  /** What pictures go through; the model's `prepare` does it. Undefined where it takes no pictures. */
  readonly preprocessing: Preprocessing | undefined;
  /** Whether that is only what is usual, because the file does not say it. */
  readonly isGuess: boolean;
  /** Whether the weights were learned on the command line, from data that were prepared in the same way. */
  readonly isOwn: boolean;
}

/** Whether a file is a whole network: an ONNX file, by the ending of its name or else by its beginning. */
export const isOnnx = (path: string | undefined): path is string =>
  path !== undefined && (/\.onnx([?#].*)?$/i.test(path) || beginsAsOnnx(path));

/** Whether what stands for a network is the path or address of an ONNX file. */
export const isNetworkFile = (name: string | undefined): name is string =>
  isOnnx(name) || /^https?:/i.test(name ?? "");

/** Protobuf without types: a version of the format, then the next of ModelProto's fields. */
function beginsAsOnnx(path: string): boolean {
  const head = Buffer.alloc(9);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, head, 0, head.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
  const [key, version, next] = head;
  // A safetensors file begins with a length, and then a brace.
  const isSafetensors = head[8] === "{".charCodeAt(0);
  return (
    key === 0x08 && version! > 0 && version! < 32 && [0x12, 0x3a, 0x42].includes(next!) && !isSafetensors
  );
}

/**
 * The network that the options name, with its weights.
 * @param shapes of inputs by name, for ONNX files that leave sizes open
 */
export async function openModel(
  options: ModelOptions,
  shapes: Readonly<Record<string, Shape>> = {},
): Promise<Opened> {
  const { model: name, weights } = options;
  if (isNetworkFile(name) && weights !== undefined)
    throw new UsageError(`${name} holds its weights itself. Leave --weights out.`);
  if (name !== undefined && isOnnx(weights))
    throw new UsageError(
      `${weights} is a whole network, not weights for ${name}. To run it, give the ONNX file in place of ${name}, ` +
        "in classify as --model, and leave --weights out.",
    );
  const file = isNetworkFile(name) ? name : isOnnx(weights) ? weights : undefined;
  if (file !== undefined && options.key !== undefined)
    throw new UsageError(`--key is for files of PyTorch; ${file} is an ONNX file. Leave it out.`);
  if (file === undefined && options.shape !== undefined)
    throw new UsageError("--shape is for ONNX files that leave sizes open. Give --size.");
  const labels = options.labels === undefined ? undefined : await labelsFrom(options.labels);
  return file === undefined
    ? openZoo(options, labels)
    : openOnnx(file, options, labels, { ...options.shape, ...shapes });
}

async function openZoo(options: ModelOptions, labels: readonly string[] | undefined): Promise<Opened> {
  const { model: name, weights } = options;
  if (weights === undefined) {
    if (name !== undefined) findModel(name);
    const address = name === undefined ? undefined : torchvisionWeights(name);
    throw new UsageError(
      `${name ?? "The network"} needs its weights. Give a file or an address as --weights` +
        (address ? `, such as torchvision's: --weights ${address}` : "."),
    );
  }
  const origin = await originOf(weights);
  const known = name ?? origin.name;
  if (known === undefined) {
    // A file that is not there is the first thing to tell.
    if (!/^https?:/i.test(weights)) await readFile(weights);
    throw new UsageError(`${weights} does not say which network it belongs to. Give it as --model.`);
  }
  const entry = findModel(known);
  // A file may say what it was trained on even where another network is asked for: then its weights will not fit.
  const usual = origin.preprocessing ?? usualPreprocessing(entry);
  const preprocessing = usual && changed(usual, options);
  const inputShape = preprocessing ? preparedShape(preprocessing) : entry.inputShape;
  const classes = labels ?? origin.classes;
  const model = await downloading(weights, (fetching) =>
    entry.create({
      inputShape,
      ...preparing(preprocessing),
      ...(classes && { classes }),
      weights,
      // Most commands predict once.
      warm: false,
      winograd: !options.direct,
      ...reading(options),
      ...fetching,
    }),
  );
  return {
    name: known,
    zooName: known,
    model,
    preprocessing,
    isGuess: false,
    isOwn: origin.preprocessing !== undefined,
  };
}

/** A network of the zoo without its weights, for what does not depend on them. */
export async function openUntrained(name: string, options: PictureOptions): Promise<Opened> {
  const entry = findModel(name);
  const usual = usualPreprocessing(entry);
  const preprocessing = usual && changed(usual, options);
  const inputShape = preprocessing ? preparedShape(preprocessing) : entry.inputShape;
  const model = await entry.create({ inputShape, initialize: false, ...preparing(preprocessing) });
  return { name, zooName: name, model, preprocessing, isGuess: false, isOwn: false };
}

/** What pictures go through for a network of the zoo, at the size it was designed for. */
export function usualPreprocessing({ preprocessing, inputShape }: ZooModel): Preprocessing | undefined {
  return preprocessing && preprocessingFor(preprocessing, inputShape);
}

/** A build option that makes inputs of pictures. */
export function preparing(preprocessing: Preprocessing | undefined): Pick<ZooOptions, "prepare"> {
  return preprocessing ? { prepare: (picture) => prepare(picture as Image, preprocessing) } : {};
}
