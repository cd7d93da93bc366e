// Opening a network: of the zoo, with a file of weights, or a whole one from an ONNX file.

import { readFile } from "#platform";
import { type Image, type Preprocessing, prepare, preparedShape, preprocessingFor } from "../image/index.js";
import type { Model } from "../index.js";
import type { Shape } from "../tensor.js";
import type { ZooModel, ZooOptions } from "../zoo/index.js";
import { downloading } from "./download.js";
import { UsageError } from "./exit.js";
import { labelsFrom } from "./labels.js";
import { openOnnx } from "./onnx.js";
import { findModel } from "./options.js";
import { changed, type PictureOptions } from "./pictures.js";
import { torchvisionWeights } from "./torchvision.js";
import { originOf } from "./weights.js";

export interface ModelOptions extends PictureOptions {
  readonly model?: string | undefined;
  readonly weights?: string | undefined;
  /** A file with the names of the classes. */
  readonly labels?: string | undefined;
}

/** A network ready to run. */
export interface Opened {
  readonly name: string;
  readonly model: Model;
  /** What pictures go through; the model's `prepare` does it. Undefined where it takes no pictures. */
  readonly preprocessing: Preprocessing | undefined;
  /** Whether that is only what is usual, because the file does not say it. */
  readonly isGuess: boolean;
  /** Whether the weights were learned on the command line, from data that were prepared in the same way. */
  readonly isOwn: boolean;
}

export const isOnnx = (path: string | undefined): path is string => /\.onnx$/i.test(path ?? "");

/**
 * The network that the options name, with its weights.
 * @param shapes of inputs by name, for ONNX files that leave sizes open
 */
export async function openModel(
  options: ModelOptions,
  shapes: Readonly<Record<string, Shape>> = {},
): Promise<Opened> {
  const { model: name, weights } = options;
  if (isOnnx(name) && weights !== undefined)
    throw new UsageError(`${name} holds its weights itself. Leave --weights out.`);
  const file = isOnnx(name) ? name : isOnnx(weights) ? weights : undefined;
  const labels = options.labels === undefined ? undefined : await labelsFrom(options.labels);
  return file === undefined ? openZoo(options, labels) : openOnnx(file, options, labels, shapes);
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
  const model = await downloading(weights, (reading) =>
    entry.create({
      inputShape,
      ...preparing(preprocessing),
      ...(classes && { classes }),
      weights,
      ...reading,
    }),
  );
  return { name: known, model, preprocessing, isGuess: false, isOwn: origin.preprocessing !== undefined };
}

/** What pictures go through for a network of the zoo, at the size it was designed for. */
export function usualPreprocessing({ preprocessing, inputShape }: ZooModel): Preprocessing | undefined {
  return preprocessing && preprocessingFor(preprocessing, inputShape);
}

/** A build option that makes inputs of pictures. */
export function preparing(preprocessing: Preprocessing | undefined): Pick<ZooOptions, "prepare"> {
  return preprocessing ? { prepare: (picture) => prepare(picture as Image, preprocessing) } : {};
}
