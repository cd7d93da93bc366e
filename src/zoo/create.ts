// How every network of the zoo is made: classes, weights, labels. A family's file says only what is its own.

import { checkCount, checkOptions } from "../errors.js";
import type { Network } from "../layers/containers.js";
import type { BuildOptions, Model } from "../layers/model.js";
import { readSource, type Source } from "../platform/read-source.js";
import type { Shape, Tensor } from "../tensor.js";
import { readSafetensors } from "../weights/safetensors.js";

/** How to make a network of the zoo. */
export interface ZooOptions extends BuildOptions {
  /** Number of outputs. Default: as many as the weights have, or the classes, or what the network was designed for. */
  numClasses?: number;
  /** Shape of one input, [c, h, w]. Default: what the network was designed for. */
  inputShape?: Shape;
  /** Weights to start from: a path, an address, or bytes of a safetensors file. */
  weights?: Source;
}

const ZOO_OPTIONS = ["numClasses", "classes", "inputShape", "weights", "seed", "runtime"];

/** What a family says about its network. */
export interface Design {
  /** The function a user calls, for errors. */
  readonly what: string;
  /** Options of the family besides those of every network, for errors. */
  readonly takes?: readonly string[];
  /** The layers, for a number of outputs. */
  readonly layers: (numClasses: number) => Network;
  /** The layer whose weight has one row for each class: "fc", "classifier.6". */
  readonly head: string;
  /** Shape of one input, [c, h, w]. */
  readonly inputShape: Shape;
  /** Names of the outputs, or just their number. Default 1000, those of ImageNet. */
  readonly classes?: readonly string[] | number;
}

/** Makes a model of a design: with the weights and their number of classes, or with new weights. */
export async function create(design: Design, options: ZooOptions): Promise<Model> {
  const { what, takes = [], layers, head, classes: usual = 1000 } = design;
  checkOptions(what, options, [...ZOO_OPTIONS, ...takes]);
  const { numClasses, inputShape = design.inputShape, weights: source, classes, ...rest } = options;
  if (numClasses !== undefined) checkCount(`${what}: numClasses`, numClasses);
  const weights = source === undefined ? undefined : await read(source);
  const own = classes ?? classesOf(weights);
  const designed = typeof usual === "number" ? usual : usual.length;
  const count = numClasses ?? classes?.length ?? weights?.tensors.get(`${head}.weight`)?.shape[0] ?? designed;
  const known =
    own?.length === count ? own : typeof usual !== "number" && numClasses === undefined ? usual : [];
  const labels = known.length === count ? known : [];
  const model = await layers(count).build(inputShape, { ...rest, classes: classes ?? labels });
  try {
    if (weights) model.loadStateDict(weights.tensors, {}, weights.name);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

interface Weights {
  /** As errors call the file. */
  readonly name: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

async function read(source: Source): Promise<Weights> {
  const name = typeof source === "string" ? source : "The weights file";
  return { name, ...readSafetensors(await readSource("weights", source), name) };
}

/** Names of the outputs that the file keeps. */
function classesOf(weights: Weights | undefined): readonly string[] | undefined {
  const json = weights?.metadata.classes;
  if (json === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(json);
    const named = Array.isArray(parsed) && parsed.every((name) => typeof name === "string");
    return named ? parsed : undefined;
  } catch {
    // Metadata of another program: not class names.
    return undefined;
  }
}
