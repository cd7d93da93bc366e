// The network that a training begins with: new, or with weights learned before.

import { FeatureMapError } from "../../errors.js";
import type { Preprocessing } from "../../image/index.js";
import type { Model } from "../../index.js";
import type { Shape } from "../../tensor.js";
import type { ZooModel } from "../../zoo/index.js";
import { downloading } from "../download.js";
import { UsageError } from "../exit.js";
import { isOnnx, usualPreprocessing } from "../model.js";
import { reading } from "../options.js";
import { originOf } from "../weights.js";
import type { TrainOptions } from "./choices.js";

/** Throws where options have no meaning without others. */
export function checkBeginning({ weights, skip, key, sha256 }: TrainOptions): void {
  const lost = Object.entries({ skip, key, sha256 }).find(([, value]) => value !== undefined)?.[0];
  if (weights === undefined && lost !== undefined)
    throw new UsageError(`--${lost} is for weights to begin with. Give them as --weights.`);
  if (isOnnx(weights))
    throw new UsageError(`${weights} is a whole network, not weights. Give a safetensors or PyTorch file.`);
}

/** What pictures go through that the weights to begin with were learned from; undefined for a network that is new. */
export async function learnedFrom(
  entry: ZooModel,
  { weights }: TrainOptions,
): Promise<Preprocessing | undefined> {
  return weights === undefined
    ? undefined
    : ((await originOf(weights)).preprocessing ?? usualPreprocessing(entry));
}

/** The network, and the layers of it that are new although there are weights. */
export async function begin(
  entry: ZooModel,
  inputShape: Shape,
  classes: readonly string[],
  options: TrainOptions,
): Promise<{ model: Model; fresh: readonly string[] }> {
  const { weights, seed, freeze = [] } = options;
  const common = { inputShape, classes, seed };
  const { model, fresh } =
    weights === undefined
      ? { model: await entry.create(common), fresh: [] }
      : await downloading(weights, async (fetching) => {
          const learned = { weights, ...reading(options), ...fetching };
          const skip = options.skip ?? (await dependent(entry, inputShape, classes.length, learned));
          const model = await entry.create({ ...common, ...learned, ...(skip.length > 0 && { skip }) });
          return { model, fresh: skip };
        });
  try {
    // Without a name, everything would be frozen.
    if (freeze.length > 0) model.freeze(...freeze);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, fresh };
}

/** Layers of which the weights have another shape with that number of classes. */
async function dependent(
  entry: ZooModel,
  inputShape: Shape,
  numClasses: number,
  learned: Parameters<ZooModel["create"]>[0],
): Promise<string[]> {
  using old = await entry.create({ inputShape, ...learned });
  if (old.outputShape[0] === numClasses) return [];
  using other = await entry.create({ inputShape, numClasses, initialize: false });
  const sizes = new Map(other.parameters().map(({ name, shape }) => [name, `${shape}`]));
  const layers = old
    .parameters()
    .filter(({ name, shape }) => sizes.has(name) && sizes.get(name) !== `${shape}`)
    .map(({ name }) => name.slice(0, name.lastIndexOf(".")));
  if (layers.length === 0)
    throw new FeatureMapError("No layer depends on the number of classes. Give --skip.");
  return [...new Set(layers)];
}
