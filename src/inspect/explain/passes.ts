import { checkCount, checkIs } from "../../errors.js";
import { Tensor } from "../../tensor.js";
import { Probe } from "../probe.js";
import type { LongExplainOptions } from "./explanation.js";
import { batchOf, repeated, type Subject, weighed } from "./subject.js";

/** Inputs that a score is wanted for, made when their turn comes. */
export interface Inputs {
  readonly count: number;
  /** Writes input `i`, c * h * w numbers. */
  readonly write: (i: number, into: Float32Array) => void;
  /** What its derivatives count in the sum. */
  readonly weight: (i: number) => number;
}

/** Numbers of the inputs of one run, unless said otherwise: 6 photographs of 224 x 224, 64 digits. */
const RUN = 2 ** 20;
const MOST = 64;

/** The score of each of the inputs, and the weighted sum of its derivatives with respect to them. */
export async function sumOfGradients(
  subject: Subject,
  inputs: Inputs,
  options: LongExplainOptions,
): Promise<{ readonly scores: Float64Array; readonly sum: Float64Array }> {
  const sum = new Float64Array(subject.input.size);
  const scores = await inBatches(subject, inputs, options, (gradients) => {
    for (let i = 0; i < gradients.length; i++) sum[i % sum.length]! += gradients[i]!;
  });
  return { scores, sum };
}

/** The score of each of the inputs. */
export function scoresOf(
  subject: Subject,
  { count, write }: Omit<Inputs, "weight">,
  options: LongExplainOptions,
): Promise<Float64Array> {
  return inBatches(subject, { count, write, weight: () => 0 }, options);
}

/** The output of a layer, and the derivatives of the score with respect to it, both [1, ...]. */
export async function derivativesAt(
  { what, model, input, target, seed }: Subject,
  layer: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly value: Tensor; readonly gradient: Tensor }> {
  const n = batchOf(model) ?? 1;
  const batch = new Tensor(repeated(input.data, n), [n, ...input.shape.slice(1)]);
  using probe = new Probe(what, model, batch.shape, target.layer, [layer]);
  const { values, gradients } = await probe.run(batch, repeated(seed, n));
  signal?.throwIfAborted();
  const first = ({ data, shape }: Tensor): Tensor =>
    new Tensor(data.subarray(0, data.length / n), [1, ...shape.slice(1)]);
  return { value: first(values[layer]!), gradient: first(gradients[layer]!) };
}

/** Without `take`, which is called with the weighted derivatives of each batch, there is no backward pass. */
async function inBatches(
  { what, model, input, target, seed }: Subject,
  { count, write, weight }: Inputs,
  { signal, onProgress, batchSize }: LongExplainOptions,
  take?: (gradients: Float32Array) => void,
): Promise<Float64Array> {
  const { size } = input;
  const isCall = onProgress === undefined || typeof onProgress === "function";
  checkIs(isCall, `${what}: onProgress`, onProgress, "a function");
  const bound = batchOf(model);
  if (batchSize !== undefined) {
    checkCount(`${what}: batchSize`, batchSize);
    const fits = bound === undefined || batchSize === bound;
    checkIs(fits, `${what}: batchSize`, batchSize, `${bound}, which the network is bound to`);
  }
  const most = batchSize ?? Math.min(MOST, Math.max(1, Math.floor(RUN / size)));
  // As few runs as there must be, and those of one size.
  const n = bound ?? Math.ceil(count / Math.ceil(count / most));
  const batch = new Tensor(new Float32Array(n * size), [n, ...input.shape.slice(1)]);
  const seeds = new Float32Array(n * seed.length);
  const scores = new Float64Array(count);
  using probe = new Probe(what, model, batch.shape, target.layer, take ? [""] : []);
  for (let first = 0; first < count; first += n) {
    signal?.throwIfAborted();
    // Those of the last run that are too many keep what they were and count nothing.
    const here = Math.min(n, count - first);
    seeds.fill(0);
    for (let i = 0; i < here; i++) {
      write(first + i, batch.data.subarray(i * size, (i + 1) * size));
      const counts = weight(first + i);
      if (counts !== 0) for (let j = 0; j < seed.length; j++) seeds[i * seed.length + j] = seed[j]! * counts;
    }
    const { value, gradients } = await probe.run(batch, take && seeds);
    for (let i = 0; i < here; i++)
      scores[first + i] = weighed(value.data.subarray(i * seed.length, (i + 1) * seed.length), seed);
    take?.(gradients[""]!.data.subarray(0, here * size));
    onProgress?.({ done: first + here, total: count });
  }
  signal?.throwIfAborted();
  return scores;
}
