import type { Dataset } from "../data/dataset.js";
import { fromArrays } from "../data/from-arrays.js";
import { check, checkCount, checkIs, checkNumber, checkOptions, checkSignal } from "../errors.js";
import type { Model } from "../layers/model.js";
import { sizes4 } from "../ops/op.js";
import { Random } from "../random.js";
import { type Shape, sizeOf, Tensor } from "../tensor.js";
import { ahead } from "../train/ahead.js";
import { checkModel } from "../train/given.js";
import { checkUnit, nameOf, type Unit } from "./field-of-unit.js";
import { Probe } from "./probe.js";
import type { PixelWindow } from "./seen.js";
import { type Progress, watched } from "./watched.js";

export interface EffectiveFieldOptions {
  /** Place of the unit in the layer's output. Default: the middle. */
  readonly unit?: Unit;
  /** Channel of the unit. Default: all of them, with a sign drawn for each in each sample so that they do not cancel. */
  readonly channel?: number;
  /** Inputs to look at: a batch, or a data set, from its beginning. Default: normal noise, drawn by `seed`. */
  readonly inputs?: Tensor | Dataset;
  /** At most how many. Default 64. */
  readonly samples?: number;
  /** Samples in one run. Default 8, or fewer of large networks. */
  readonly batchSize?: number;
  /** The radius holds this share. Default 0.95. */
  readonly share?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** How much each pixel of the input counts for a unit. */
export interface EffectiveField {
  readonly layer: string;
  readonly unit: Unit;
  readonly channel?: number;
  /** Samples that were looked at. */
  readonly samples: number;
  /** [h, w], of the whole input: root of the mean squared derivative, over samples and the input's channels. */
  readonly map: Tensor;
  /** What the unit could see: as of {@link receptiveField}. */
  readonly window: PixelWindow;
  readonly visible: PixelWindow | null;
  /** Share of the map's sum within `visible`: 1, unless the map is 0 everywhere. */
  readonly inside: number;
  readonly share: number;
  /** Pixels no farther than this from the middle of `window` hold the share of the map's sum. */
  readonly radius: number;
}

/**
 * The effective receptive field of a unit (Luo et al., 2016): how strongly each pixel of the input moves it, as the root
 * mean square of its derivative over many inputs. In the theoretical window most pixels count for little.
 * @param layer its name as `summary` gives it; "" is the output, before softmax
 */
export async function effectiveReceptiveField(
  model: Model,
  layer = "",
  options: EffectiveFieldOptions = {},
): Promise<EffectiveField> {
  const what = "effectiveReceptiveField";
  checkModel(what, model);
  checkOptions(what, options, [
    ...["unit", "channel", "inputs", "samples", "batchSize", "share", "seed", "signal", "onProgress"],
  ]);
  const { channel, samples = 64, share = 0.95, seed = 0, signal, onProgress } = options;
  checkCount(`${what}: samples`, samples);
  if (options.batchSize !== undefined) checkCount(`${what}: batchSize`, options.batchSize);
  checkNumber(`${what}: share`, share, { above: 0, max: 1 });
  checkSignal(what, signal);
  signal?.throwIfAborted();
  const dataset = datasetOf(what, model, options, samples, seed);
  const { feed, batchSize, shape, value, fields } = watched(what, model, layer, dataset, {
    ...{ limit: samples, batchSize: options.batchSize, most: 8, signal },
  });
  const [h, w] = fields.units;
  const unit = options.unit ?? [Math.floor(h / 2), Math.floor(w / 2)];
  checkUnit(what, layer, fields.units, unit);
  const channels = sizes4(value.shape)[1];
  if (channel !== undefined) checkCount(`${what}: channel of ${nameOf(layer)}`, channel, 0, channels - 1);

  const n = Math.min(batchSize, feed.samples);
  const [, c, height, width] = sizes4([n, ...shape]);
  const area = height * width;
  const squares = new Float64Array(area);
  const signs = new Random(seed).fork(1);
  using probe = new Probe(what, model, [n, ...shape], layer === "" ? undefined : layer, [""]);
  let done = 0;
  await ahead(feed.epoch(0), signal, async ({ inputs }) => {
    const count = inputs.shape[0]!;
    // The last batch may be smaller: what fills it up has no weight.
    const data = new Float32Array(n * c * area);
    data.set(inputs.data);
    const weights = new Float32Array(n * channels * h * w);
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < channels; k++) {
        const weight = channel === undefined ? 1 - 2 * signs.int(2) : Number(k === channel);
        weights[(i * channels + k) * h * w + unit[0] * w + unit[1]] = weight;
      }
    }
    const { gradients } = await probe.run(new Tensor(data, [n, ...shape]), weights);
    gradients[""]!.data.forEach((derivative, i) => {
      squares[i % area]! += derivative * derivative;
    });
    done += count;
    onProgress?.({ done, total: feed.samples });
    return true;
  });
  const map = new Tensor(
    Float32Array.from(squares, (sum) => Math.sqrt(sum / (done * c))),
    [height, width],
  );
  const { window, visible } = fields.of(unit, channel);
  return {
    ...{ layer, unit, ...(channel !== undefined && { channel }), samples: done, map, window, visible },
    ...{ inside: shareInside(map, visible), share, radius: radiusOf(map, window, share) },
  };
}

/** The inputs to look at, as a data set. */
function datasetOf(
  what: string,
  { inputShape }: Model,
  { inputs }: EffectiveFieldOptions,
  samples: number,
  seed: number,
): Dataset {
  if (inputs === undefined) return noise(inputShape, samples, seed);
  if (!(inputs instanceof Tensor)) return inputs;
  const batch = inputs.shape.length === inputShape.length ? inputs.reshape(1, ...inputs.shape) : inputs;
  const [n = 0, ...shape] = batch.shape;
  check(shape.length === inputShape.length && n > 0, () => {
    const takes = `[n, ${inputShape.join(", ")}]`;
    return `${what}: the inputs have shape [${inputs.shape.join(", ")}]; the model takes ${takes}.`;
  });
  return fromArrays({ inputs: batch, targets: new Int32Array(n), name: "the inputs" });
}

/** Normal numbers; a sample is a function of seed and number alone. */
function noise(inputShape: Shape, length: number, seed: number): Dataset {
  checkIs(Number.isSafeInteger(seed), "effectiveReceptiveField: seed", seed, "a whole number");
  const [, c, h, w] = sizes4([1, ...inputShape]);
  const size = sizeOf(inputShape);
  const random = new Random(seed).fork(0);
  return {
    ...{ name: "noise", length, shape: [c, h, w], classes: [] },
    get(indices) {
      const data = new Float32Array(indices.length * size);
      for (let i = 0; i < indices.length; i++) {
        const own = random.fork(indices[i]!);
        for (let j = 0; j < size; j++) data[i * size + j] = own.normal();
      }
      return {
        inputs: new Tensor(data, [indices.length, c, h, w]),
        targets: new Int32Array(indices.length),
      };
    },
  };
}

/** Calls with each number of a map [h, w] and its place. */
function forEachPixel(
  { data, shape: [, w = 1] }: Tensor,
  call: (value: number, y: number, x: number) => void,
) {
  for (let i = 0; i < data.length; i++) call(data[i]!, Math.floor(i / w), i % w);
}

function shareInside(map: Tensor, visible: PixelWindow | null): number {
  let [all, inside] = [0, 0];
  forEachPixel(map, (value, y, x) => {
    all += value;
    if (!visible) return;
    const { top, left, bottom, right } = visible;
    if (y >= top && y < bottom && x >= left && x < right) inside += value;
  });
  return all > 0 ? inside / all : 0;
}

/** The middle of a window, in pixels. */
export function middleOf({ top, left, bottom, right }: PixelWindow): Unit {
  return [(top + bottom - 1) / 2, (left + right - 1) / 2];
}

function radiusOf(map: Tensor, window: PixelWindow, share: number): number {
  const [my, mx] = middleOf(window);
  const pixels: [distance: number, value: number][] = [];
  let sum = 0;
  forEachPixel(map, (value, y, x) => {
    pixels.push([Math.hypot(y - my, x - mx), value]);
    sum += value;
  });
  pixels.sort(([a], [b]) => a - b);
  let held = 0;
  for (const [distance, value] of pixels) {
    held += value;
    // A hair less, for the sums' rounding.
    if (held >= share * sum * (1 - 1e-9)) return distance;
  }
  return 0;
}
