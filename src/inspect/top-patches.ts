import type { Batch, Dataset } from "../data/dataset.js";
import { checkCount, checkIs, checkOptions, checkSignal } from "../errors.js";
import { Plan } from "../graph/plan.js";
import type { Image } from "../image/image.js";
import { type Normalization, normalizers } from "../image/normalize.js";
import type { Model } from "../layers/model.js";
import { sizes4 } from "../ops/op.js";
import { type Shape, Tensor } from "../tensor.js";
import { ahead } from "../train/ahead.js";
import { checkModel } from "../train/given.js";
import { Plans } from "../train/plans.js";
import { nameOf, outputOf, type Unit } from "./field-of-unit.js";
import { cutOut } from "./patch.js";
import type { PixelWindow } from "./seen.js";
import { type Found, Strongest } from "./strongest.js";
import { type Progress, watched } from "./watched.js";

export interface TopPatchesOptions {
  /** Name of the layer, as `summary` gives it. Default "", the output. */
  readonly layer?: string;
  /** Its channels to look at: one, or a list. Default: the first 16, or all of fewer. */
  readonly channels?: number | readonly number[];
  /** Patches for each channel. Default 9. */
  readonly count?: number;
  /** How many units of one sample may be among them. Default 1, its strongest (Zeiler & Fergus, 2014). */
  readonly perSample?: number;
  /** At most how many samples, from the beginning. Default: all. */
  readonly limit?: number;
  /** Samples in one run. Default 32, or fewer of large networks. */
  readonly batchSize?: number;
  /**
   * What the data set's inputs were normalised with, to give patches the colours they had. Default: from the least number
   * of the sample, as black, to the largest, as white.
   */
  readonly normalization?: Normalization;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A part of a sample that a channel answers to. */
export interface Patch {
  /** What the unit gives. */
  readonly score: number;
  /** Its number in the data set. */
  readonly sample: number;
  /** Name of the sample's class, where the data set has classes. */
  readonly label?: string;
  readonly unit: Unit;
  /** Where it lies in the sample, and the part of that within the borders: as of {@link receptiveField}. */
  readonly window: PixelWindow;
  readonly visible: PixelWindow | null;
  /** The pixels of the window; transparent where it reaches beyond the sample. */
  readonly image: Image;
}

/** What excites channels of a layer most. */
export interface TopPatches {
  readonly layer: string;
  /** Name of the data set, and samples that were looked at. */
  readonly dataset: string;
  readonly samples: number;
  /** Height and width of the layer's output. */
  readonly units: readonly [h: number, w: number];
  /** Patches of each channel, the strongest first; of equals the one that comes first in the data set. */
  readonly channels: readonly ChannelPatches[];
}

export interface ChannelPatches {
  readonly channel: number;
  /** Of the output's channels the class they stand for, where the model has classes. */
  readonly class?: string;
  readonly patches: readonly Patch[];
}

/**
 * What excites a layer's channels: the patches of a data set to which they answer most strongly, cut out by receptive
 * field (Zeiler & Fergus, 2014). One pass in which only scores are kept, whatever the size of the data set; then the samples
 * found are fetched once more and cut. The network is computed no farther than the layer.
 */
export async function topPatches(
  model: Model,
  dataset: Dataset,
  options: TopPatchesOptions = {},
): Promise<TopPatches> {
  const what = "topPatches";
  checkModel(what, model);
  checkOptions(what, options, [
    ...["layer", "channels", "count", "perSample", "limit", "batchSize", "normalization"],
    ...["signal", "onProgress"],
  ]);
  const { layer = "", count = 9, perSample = 1, limit = dataset?.length } = options;
  const { normalization, signal, onProgress } = options;
  const counts = { count, perSample, limit: options.limit ?? 1, batchSize: options.batchSize ?? 1 };
  for (const [name, number] of Object.entries(counts)) checkCount(`${what}: ${name}`, number);
  checkSignal(what, signal);
  const isCall = onProgress === undefined || typeof onProgress === "function";
  checkIs(isCall, `${what}: onProgress`, onProgress, "a function");
  signal?.throwIfAborted();
  const { feed, batchSize, value, fields } = watched(what, model, layer, dataset, {
    ...{ limit, batchSize: options.batchSize, most: 32, signal },
  });
  if (normalization) normalizers(`${what}: normalization`, dataset.shape[0], normalization);
  const channels = channelsOf(what, layer, value.shape, options.channels);

  const strongest = channels.map((channel) => new Strongest(channel, count, perSample));
  const plans = new Plans((batch) => {
    const trace = model.trace(batch, false);
    const { graph, bound } = trace;
    const output = outputOf(what, trace, layer);
    const outputs = new Map([["value", output]]);
    const plan = new Plan(
      model.runtime,
      graph,
      { ...model.planning, outputs, bound },
      `${what}: a batch of ${batch[0]}`,
    );
    return { plan, outputShape: output.shape };
  });
  const weights = {};
  let done = 0;
  try {
    await ahead(feed.epoch(0), signal, async ({ inputs }) => {
      const { plan } = plans.for(inputs.shape);
      const { value } = await plan.run({ [model.ports[0]!.name]: inputs.data }, weights);
      for (const one of strongest) one.add(value!, done);
      done += inputs.shape[0]!;
      onProgress?.({ done, total: feed.samples });
      return true;
    });
  } finally {
    plans.clear();
  }

  const unitOf = (place: number): Unit => [Math.floor(place / fields.units[1]), place % fields.units[1]];
  const all = strongest.flatMap(({ list }) => list);
  const places = new Map([...new Set(all.map(({ place }) => place))].map((p) => [p, fields.of(unitOf(p))]));
  const patches = new Map<Found, Patch>();
  const order = [...new Set(all.map(({ sample }) => sample))].sort((a, b) => a - b);
  for (let start = 0; start < order.length; start += batchSize) {
    signal?.throwIfAborted();
    const indices = order.slice(start, start + batchSize);
    const batch = await dataset.get(indices);
    for (const found of all) {
      const at = indices.indexOf(found.sample);
      if (at < 0) continue;
      const { score, sample, place } = found;
      const { window, visible } = places.get(place)!;
      const image = cutOut(what, sampleOf(batch, at), window, normalization);
      const label = labelOf(batch, at, dataset);
      patches.set(found, {
        ...{ score, sample, ...(label !== undefined && { label }) },
        ...{ unit: unitOf(place), window, visible, image },
      });
    }
  }
  return {
    ...{ layer, dataset: dataset.name, samples: done, units: fields.units },
    channels: strongest.map(({ channel, list }) => ({
      channel,
      ...(layer === "" && model.classes[channel] !== undefined && { class: model.classes[channel] }),
      patches: list.map((found) => patches.get(found)!),
    })),
  };
}

/** One input of a batch, [1, c, h, w]. */
function sampleOf({ inputs }: Batch, at: number): Tensor {
  const [n = 1, ...shape] = inputs.shape;
  const size = inputs.size / n;
  return new Tensor(inputs.data.subarray(at * size, (at + 1) * size), [1, ...shape]);
}

function labelOf({ targets }: Batch, at: number, { classes }: Dataset): string | undefined {
  return targets instanceof Tensor ? undefined : classes[targets[at]!];
}

function channelsOf(
  what: string,
  layer: string,
  shape: Shape,
  wanted: number | readonly number[] | undefined,
): readonly number[] {
  const [, c] = sizes4(shape);
  if (wanted === undefined) return Array.from({ length: Math.min(c, 16) }, (_, channel) => channel);
  const list = typeof wanted === "number" ? [wanted] : wanted;
  const isList = Array.isArray(list) && list.length > 0;
  checkIs(isList, `${what}: channels`, wanted, "a channel's number, or a list of them");
  for (const channel of list) checkCount(`${what}: channel of ${nameOf(layer)}`, channel, 0, c - 1);
  return [...new Set(list)];
}
