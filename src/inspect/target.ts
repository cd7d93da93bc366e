import { check, checkCount, checkIs, checkOptions, FeatureMapError, show } from "../errors.js";
import type { Model } from "../layers/model.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";

/**
 * The number of a network that is looked into. Of the output: the score of a class, by default of the likeliest. Of a layer:
 * the sum of a channel, or one unit of it.
 */
export interface Target {
  /** A class, by number or by name. */
  readonly class?: number | string;
  /** Name of a layer, as `summary` and taps give it. */
  readonly layer?: string;
  /** Channel of the layer's output. */
  readonly channel?: number;
  /** Place [y, x] of the unit in its channel. Default: all of them. */
  readonly unit?: readonly [y: number, x: number];
}

/** Throws unless a target names one thing, in full. */
export function checkTarget(what: string, target: Target): void {
  checkOptions(what, target, ["class", "layer", "channel", "unit"]);
  const { layer, channel, unit } = target;
  if (layer === undefined) {
    check(
      channel === undefined && unit === undefined,
      () => `${what}: channel and unit are of a layer. Give its name as layer, or a class.`,
    );
    return;
  }
  checkIs(typeof layer === "string", `${what}: layer`, layer, "the name of a layer");
  check(target.class === undefined, () => `${what}: give a class or a layer, not both.`);
  check(channel !== undefined, () => `${what}: say which channel of layer "${layer}".`);
}

/**
 * The weights with which a value of the shape, batch included, is summed to give the target, for each input of the batch.
 * @param outputs of the model for the batch, from which the likeliest classes are taken where the target names none
 */
export function seedOf(
  what: string,
  model: Model,
  shape: Shape,
  target: Target,
  outputs?: Tensor,
): Float32Array {
  const [n = 1, c = 1, ...pixels] = shape;
  const area = sizeOf(pixels);
  const seed = new Float32Array(n * c * area);
  if (target.layer === undefined) {
    for (let i = 0; i < n; i++) {
      const own = outputs?.data.subarray(i * c * area, (i + 1) * c * area);
      seed[i * c * area + classOf(what, model, c * area, target.class, own)] = 1;
    }
    return seed;
  }
  const { layer, channel, unit } = target;
  checkCount(`${what}: channel of layer "${layer}"`, channel, 0, c - 1);
  const [h = 1, w = 1] = pixels.length === 1 ? [1, pixels[0]!] : pixels;
  if (unit !== undefined) {
    check(
      Array.isArray(unit) && unit.length === 2,
      () => `${what}: unit is ${show(unit)}; it must be [y, x].`,
    );
    checkCount(`${what}: y of the unit, of ${formatShape([h, w])} in layer "${layer}"`, unit[0], 0, h - 1);
    checkCount(`${what}: x of the unit, of ${formatShape([h, w])} in layer "${layer}"`, unit[1], 0, w - 1);
  }
  for (let i = 0; i < n; i++) {
    const plane = (i * c + channel) * area;
    if (unit) seed[plane + unit[0] * w + unit[1]] = 1;
    else seed.fill(1, plane, plane + area);
  }
  return seed;
}

/** The number of a class that is given by number, by name or not at all: then that of the largest score. */
function classOf(
  what: string,
  { classes }: Model,
  count: number,
  wanted: number | string | undefined,
  scores: Float32Array | undefined,
): number {
  if (wanted === undefined) {
    check(scores, () => `${what}: say which class.`);
    return scores.reduce((best, score, i) => (score > scores[best]! ? i : best), 0);
  }
  if (typeof wanted === "number") {
    checkCount(`${what}: class`, wanted, 0, count - 1);
    return wanted;
  }
  const index = classes.indexOf(wanted);
  if (index >= 0) return index;
  const near = classes.filter((name) => name.toLowerCase().includes(String(wanted).toLowerCase()));
  throw new FeatureMapError(
    `${what}: the model has no class ${show(wanted)}. ` +
      (near.length > 0
        ? `Did you mean ${near
            .slice(0, 3)
            .map((name) => show(name))
            .join(" or ")}?`
        : `Give its number, from 0 to ${count - 1}${classes.length > 0 ? ", or a name as model.classes has it" : ""}.`),
  );
}

/** Throws unless it is a model, and one with a single input. */
export function checkLookedInto(what: string, model: Model): void {
  const isModel = typeof model?.trace === "function";
  checkIs(isModel, `${what}: the model`, model, "a model, as await network.build(inputShape) gives it");
  const inputs = model.ports.map(({ name }) => `"${name}"`);
  check(
    inputs.length === 1,
    () =>
      `${what}: the network has ${inputs.length} inputs (${inputs.join(", ") || "none"}); only networks with one can be ` +
      "looked into. Use predict({ name: tensor }) and taps for its outputs and layers.",
  );
}

/** The input as a batch: one without the batch gets a batch of 1. */
export function asBatch(what: string, { inputShape }: Model, input: Tensor): Tensor {
  const takes = `[n, ${inputShape.join(", ")}]`;
  checkIs(input instanceof Tensor, `${what}: the input`, input, `a Tensor of shape ${takes}`);
  const batch = input.shape.length === inputShape.length ? input.reshape(1, ...input.shape) : input;
  check(
    batch.shape.length === inputShape.length + 1 && batch.shape[1] === inputShape[0] && batch.size > 0,
    () => `${what}: the input has shape ${formatShape(input.shape)}; the model takes ${takes}.`,
  );
  return batch;
}
