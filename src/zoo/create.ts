// How every network of the zoo is made: classes, weights, labels. A family's file says only what is its own.

import { checkCount, checkIs, checkOptions } from "../errors.js";
import type { Image } from "../image/image.js";
import { type Preprocessing, prepare, preprocessingFor } from "../image/preprocessing.js";
import type { Network } from "../layers/containers.js";
import {
  type BuildOptions,
  buildOptions,
  type Dialect,
  type LoadOptions,
  type Model,
} from "../layers/model.js";
import { readings } from "../layers/state.js";
import type { Shape, Tensor } from "../tensor.js";
import { classNames } from "../weights/class-names.js";
import { type ReadWeightsOptions, readWeightsOptions } from "../weights/options.js";
import type { WeightsFile } from "../weights/pth.js";
import type { WeightsSource } from "../weights/read-weights.js";

/** How to make a network of the zoo. */
export interface ZooOptions extends Omit<BuildOptions, "outputs">, ReadWeightsOptions {
  /** Number of outputs. Default: as many as the weights have, or the classes, or what the network was designed for. */
  numClasses?: number;
  /** Shape of one input, [c, h, w]. Default: what the network was designed for. */
  inputShape?: Shape;
  /** Weights to start from: a path, an address, a Blob, bytes or a stream of a safetensors or PyTorch file. */
  weights?: WeightsSource;
  /** Leave what is under these prefixes new instead: `skip: ["fc"]` with a `numClasses` of one's own. */
  skip?: LoadOptions["skip"];
  /** Throw where the weights lack something or have more. Default true. */
  strict?: LoadOptions["strict"];
}

const LOAD_OPTIONS = ["weights", "skip", "strict", ...readWeightsOptions];
const ZOO_OPTIONS = ["numClasses", "inputShape", ...LOAD_OPTIONS, ...buildOptions];

/** What a family says about its network. `Own`: its options besides those of every network. */
export interface Design<Own = object> {
  /** The function a user calls, for errors. */
  readonly what: string;
  /** Names of the family's own options. */
  readonly takes: readonly string[];
  /** The layers, for the own options that were given and a number of outputs. */
  readonly layers: (options: Own & { numClasses: number }) => Network;
  /** The layer whose weight has one row for each class: "fc", "classifier.6". */
  readonly head: string;
  /** Shape of one input, [c, h, w]. */
  readonly inputShape: Shape;
  /** Names of the outputs. */
  readonly classes: readonly string[];
  /** What pictures go through before it, where its weights were trained on pictures of one kind. */
  readonly preprocessing?: Preprocessing;
  /** What other libraries call its weights; those that the user gives are tried before. */
  readonly dialects?: readonly Dialect[];
  /** Own options that weights of these names call for, where the user says nothing else: another form of the network. */
  readonly formOf?: (names: ReadonlySet<string>) => Partial<Own>;
}

/** Makes a model of a design: with the weights and their number of classes, or with new weights. */
export async function create<Own>(design: Design<Own>, options: ZooOptions & Own): Promise<Model> {
  const { what, takes, layers, head } = design;
  checkOptions(what, options, [...ZOO_OPTIONS, ...takes]);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const pick = (names: readonly string[]) =>
    Object.fromEntries(given.filter(([name]) => names.includes(name)));
  const own = pick(takes) as Own;
  const reading: ReadWeightsOptions = pick(readWeightsOptions);
  const build: BuildOptions = pick(buildOptions);
  const { numClasses, inputShape, weights: source, skip, strict, classes } = options;
  if (numClasses !== undefined) checkCount(`${what}: numClasses`, numClasses);
  for (const [name, value] of Object.entries({ skip, strict, sha256: reading.sha256, key: reading.key })) {
    const belongs = value === undefined || source !== undefined;
    checkIs(belongs, `${what}: ${name}`, value, "left out where no weights are given");
  }

  const weights = source === undefined ? undefined : await read(source, reading);
  const form = weights && design.formOf?.(new Set(weights.tensors.keys()));
  const dialects = [...(build.dialects ?? []), ...(design.dialects ?? [])];
  const inFile = weights && rowsOf(weights.tensors, `${head}.weight`, dialects);
  const count = numClasses ?? classes?.length ?? inFile ?? design.classes.length;
  // Networks trained with TensorFlow have a class for what is none of the others.
  const withBackground = count === inFile ? ["background", ...design.classes] : undefined;
  const labels = [weights && classNames(weights.metadata), design.classes, withBackground].find(
    (names) => names?.length === count,
  );
  const shape = inputShape ?? design.inputShape;
  const network = layers({ ...form, ...own, numClasses: count });
  const model = await network.build(shape, {
    ...preparing(design.preprocessing, shape),
    initialize: !weights || skip !== undefined || strict === false,
    ...build,
    ...(weights && { warm: false }),
    dialects,
    classes: classes ?? labels ?? [],
  });
  try {
    const loading = { ...(skip && { skip }), ...(strict !== undefined && { strict }) };
    if (!weights) return model;
    model.loadStateDict(weights.tensors, loading, weights.name);
    if (build.warm ?? true) await model.warmUp({ unasked: true });
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Rows of a weight, by the network's own name for it. */
function rowsOf(
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  dialects: readonly Dialect[],
): number | undefined {
  for (const { state } of readings(tensors, dialects)) {
    const own = state.get(name);
    if (own) return own.shape[0];
  }
  return undefined;
}

/** What makes inputs of pictures, for inputs of that shape. */
function preparing(usual: Preprocessing | undefined, shape: Shape): Pick<BuildOptions, "prepare"> {
  const preprocessing = usual && preprocessingFor(usual, shape);
  return preprocessing ? { prepare: (picture) => prepare(picture as Image, preprocessing) } : {};
}

interface Weights extends WeightsFile {
  /** As errors call the file. */
  readonly name: string;
}

async function read(source: WeightsSource, options: ReadWeightsOptions): Promise<Weights> {
  const { nameOfSource, readWeights } = await import("../weights/read-weights.js");
  return { ...(await readWeights(source, options)), name: nameOfSource(source) };
}
