import { check, checkSignal, show } from "../../errors.js";
import { softmax } from "../../layers/guess.js";
import type { Model, Picture } from "../../layers/model.js";
import { sizes4 } from "../../ops/op.js";
import { formatShape, type Shape, Tensor } from "../../tensor.js";
import { Probe } from "../probe.js";
import { asBatch, checkLookedInto, checkTarget, seedOf, type Target } from "../target.js";
import type { Explained, ExplainOptions } from "./explanation.js";

/** An input of a network, and the number of the network that is to be explained. */
export interface Subject {
  /** The function a user calls, for errors. */
  readonly what: string;
  readonly model: Model;
  /** [1, c, h, w], or of whatever shape the network takes. */
  readonly input: Tensor;
  readonly target: Explained;
  /** For each number of the value that is looked into, for one input, its weight in the score. */
  readonly seed: Float32Array;
  readonly score: number;
}

/** Finds out, by a forward pass, which number of the network is meant, and its score. */
export async function subjectOf(
  what: string,
  model: Model,
  given: Tensor | Picture,
  { class: wanted, layer, channel, unit, signal }: ExplainOptions,
): Promise<Subject> {
  checkSignal(what, signal);
  checkLookedInto(what, model);
  const target: Target = defined({ class: wanted, layer, channel, unit });
  checkTarget(what, target);
  const input = await inputOf(what, model, given);
  signal?.throwIfAborted();
  const n = batchOf(model) ?? 1;
  const batch = new Tensor(repeated(input.data, n), [n, ...input.shape.slice(1)]);
  using probe = new Probe(what, model, batch.shape, layer, []);
  const one: Shape = [1, ...probe.shape.slice(1)];
  if (layer === undefined) checkScores(what, one);
  const { value } = await probe.run(batch);
  const scores = value.data.subarray(0, value.size / n);
  const seed = seedOf(what, model, one, target, new Tensor(scores, one));
  const explained = layer === undefined ? ofClass(model, seed.indexOf(1), scores) : ofLayer(target);
  const score = weighed(scores, seed);
  check(
    Number.isFinite(score),
    () =>
      `${what}: the score of ${nameOf(explained)} is ${score}, which nothing explains. Look for numbers that are not finite in the ` +
      "input and in the weights.",
  );
  return { what, model, input, target: explained, seed, score };
}

/** The picture through the model's `prepare`, or the tensor, as a batch of one. */
export async function inputOf(what: string, model: Model, given: Tensor | Picture): Promise<Tensor> {
  const isPicture = !(given instanceof Tensor) && typeof given === "object" && given !== null;
  check(
    !isPicture || model.prepare,
    () =>
      `${what}: this model has nothing that makes inputs of pictures. Build it with { prepare }, or give a Tensor of shape ` +
      `[1, ${model.inputShape.join(", ")}].`,
  );
  const input = asBatch(what, model, (isPicture ? await model.prepare!(given) : given) as Tensor);
  check(
    input.shape[0] === 1,
    () => `${what} takes one input, not a batch of ${input.shape[0]}. Call it for each.`,
  );
  return input;
}

/** The batch that the network is bound to, if it is. */
export function batchOf({ ports: [port] }: Model): number | undefined {
  return typeof port!.batch === "number" ? port!.batch : undefined;
}

/** Channels, height and width of an input: a line has one row, features are a row of one channel. */
export function sizesOf({ shape }: Tensor): readonly [c: number, h: number, w: number] {
  const [, c, h, w] = sizes4(shape);
  return shape.length === 2 ? [1, 1, c] : [c, h, w];
}

/** The sum of weights times values. */
export function weighed(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += values[i]! * weights[i]!;
  return sum;
}

function checkScores(what: string, shape: Shape): void {
  check(
    shape.slice(2).every((size) => size === 1),
    () =>
      `${what}: the outputs have shape ${formatShape(shape.slice(1))}, not one score per class. Name the last layer and a ` +
      "channel, and a unit if one place is meant: { layer, channel, unit: [y, x] }.",
  );
}

function ofClass(model: Model, index: number, scores: Float32Array): Explained {
  return {
    label: model.classes[index] ?? String(index),
    class: index,
    ...(scores.length > 1 && { probability: softmax(scores)[index]! }),
  };
}

/** What is explained, in the words of errors. */
export function nameOf({ label, class: index }: Explained): string {
  return index === undefined ? label : `class ${show(label)}`;
}

function ofLayer({ layer, channel, unit }: Target): Explained {
  const place = unit ? `unit [${unit.join(", ")}] of channel` : "channel";
  return {
    label: `${place} ${channel} of layer "${layer}"`,
    ...defined({ layer, channel, unit }),
  };
}

/** The numbers `n` times, one after the other. */
export function repeated(data: Float32Array, n: number): Float32Array {
  if (n === 1) return data;
  const all = new Float32Array(n * data.length);
  for (let i = 0; i < n; i++) all.set(data, i * data.length);
  return all;
}

/** The object without what is undefined. */
function defined<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
