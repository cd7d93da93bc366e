import { check, checkCount, checkIs, checkNumber, checkOptions, show } from "../../errors.js";
import type { Model, Picture } from "../../layers/model.js";
import { Random } from "../../random.js";
import { sizeOf, Tensor } from "../../tensor.js";
import { Probe } from "../probe.js";
import { checkLookedInto } from "../target.js";
import { type Explained, type ExplainOptions, explainOptions } from "./explanation.js";
import { pixelScale } from "./pixels.js";
import { balanced, rolled } from "./planes.js";
import { batchOf, inputOf, repeated, sizesOf, subjectOf, weighed } from "./subject.js";

export interface MaximizeOptions extends ExplainOptions {
  /** Steps of gradient ascent. Default 200. */
  readonly steps?: number;
  /** Length of the first step, as a share of the way from black to white; the last is half as long. Default 0.03. */
  readonly rate?: number;
  /** Most pixels that the input is moved by, at random, before each step. Default: a 14th of the shorter side. */
  readonly jitter?: number;
  /** Share that each step takes off the numbers, which go back to 0, the mean where inputs are normalised. Default 0.02. */
  readonly decay?: number;
  /**
   * How much more coarse structures change than fine ones: by 2^smoothness for each doubling of their size. 0 leaves the
   * gradient as it is. Default 0.75.
   */
  readonly smoothness?: number;
  /** Input to begin with, or a picture. Default: normal noise around 0. */
  readonly start?: Tensor | Picture;
  /** Decides noise and jitter. Default 0. */
  readonly seed?: number;
  /** Called after each step. The input is a copy, to be drawn by `inputImage`; the score is that before the step. */
  readonly onProgress?: (progress: MaximizeProgress) => void;
}

export interface MaximizeProgress {
  readonly done: number;
  readonly total: number;
  readonly input: Tensor;
  readonly score: number;
}

export interface Maximized {
  /** What the number is largest for, [1, c, h, w]: see `inputImage`. */
  readonly input: Tensor;
  /** Without a probability, which is of one input. */
  readonly target: Omit<Explained, "probability">;
  /** The number at the start and after each step, of the input as it was moved. */
  readonly scores: Float64Array;
}

/**
 * What a class, a channel or a unit looks for: an input that makes its score large, by gradient ascent from noise (Erhan
 * et al., 2009; Simonyan et al., 2013). The input is moved about by a few pixels and decays (Mordvintsev et al., 2015;
 * Yosinski et al., 2015), and coarse structures grow faster than fine ones, as in photographs (Olah et al., 2017). Numbers
 * stay between black and white, as `prepare` makes them; for a model without it from -1 to 1. A forward and a backward pass
 * for each step.
 * @param options must say which class, or which layer and channel. The same seed gives the same input.
 */
export async function maximize(model: Model, options: MaximizeOptions): Promise<Maximized> {
  const what = "maximize";
  checkLookedInto(what, model);
  checkOptions(what, options, [...explainOptions, ...OPTIONS]);
  const { steps = 200, rate = 0.03, decay = 0.02, smoothness = 0.75, seed = 0 } = options;
  checkCount(`${what}: steps`, steps);
  checkNumber(`${what}: rate`, rate, { above: 0 });
  checkNumber(`${what}: decay`, decay, { min: 0, max: 1 });
  checkNumber(`${what}: smoothness`, smoothness, { min: 0 });
  check(Number.isSafeInteger(seed), () => `${what}: the seed is ${show(seed)}; it must be a whole number.`);
  check(
    options.class !== undefined || options.layer !== undefined,
    () => `${what}: say what for: { class }, by number or name, or { layer, channel }.`,
  );
  const { onProgress, signal, start } = options;
  const isFunction = onProgress === undefined || typeof onProgress === "function";
  checkIs(isFunction, `${what}: onProgress`, onProgress, "a function");

  const random = new Random(seed);
  const ends = await endsOf(model);
  const begin = start ? await inputOf(what, model, start) : noise(model, ends, random.fork(0));
  const { target: explained, seed: weights, score } = await subjectOf(what, model, begin, options);
  const { probability: _ofStart, ...target } = explained;
  const [c, h, w] = sizesOf(begin);
  const { jitter = Math.floor(Math.min(h, w) / 14) } = options;
  checkCount(`${what}: jitter`, jitter, 0);
  const n = batchOf(model) ?? 1;
  const size = { c, h, w };
  const x = begin.data.slice();
  const scores = new Float64Array(steps + 1);
  scores[0] = score;
  using probe = new Probe(what, model, [n, ...begin.shape.slice(1)], target.layer, [""]);
  for (let step = 0; step <= steps; step++) {
    signal?.throwIfAborted();
    const [down, across] = [random.int(2 * jitter + 1) - jitter, random.int(2 * jitter + 1) - jitter];
    const moved = new Tensor(repeated(rolled(x, size, down, across), n), [n, ...begin.shape.slice(1)]);
    const { value, gradients } = await probe.run(moved, repeated(weights, n));
    if (step > 0) scores[step] = weighed(value.data, weights);
    if (step === steps) break;
    const gradient = rolled(gradients[""]!.data.subarray(0, x.length), size, -down, -across);
    ascend(x, balanced(gradient, size, smoothness), ends, rate * (1 - step / steps / 2), decay);
    onProgress?.({
      done: step + 1,
      total: steps,
      input: new Tensor(x.slice(), begin.shape),
      score: scores[step]!,
    });
  }
  return { input: new Tensor(x, begin.shape), target, scores };
}

const OPTIONS = ["steps", "rate", "jitter", "decay", "smoothness", "start", "seed", "onProgress"];

/** Of each channel, the numbers for black and for white, the smaller first. */
interface Ends {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

async function endsOf(model: Model): Promise<Ends> {
  const { inputShape } = model;
  const [c] = sizesOf(new Tensor(new Float32Array(sizeOf(inputShape)), [1, ...inputShape]));
  const { black, white } = (await pixelScale(model)) ?? { black: [], white: [] };
  const ends = (of: (...numbers: number[]) => number, usual: number): Float32Array =>
    Float32Array.from({ length: c }, (_, i) => of(black[i] ?? usual, white[i] ?? usual));
  return { low: ends(Math.min, -1), high: ends(Math.max, 1) };
}

function noise({ inputShape }: Model, ends: Ends, random: Random): Tensor {
  const data = new Float32Array(sizeOf(inputShape));
  const area = data.length / ends.low.length;
  for (let i = 0; i < data.length; i++) {
    const channel = Math.floor(i / area);
    const [low, high] = [ends.low[channel]!, ends.high[channel]!];
    data[i] = within(NOISE * (high - low) * random.normal(), low, high);
  }
  return new Tensor(data, [1, ...inputShape]);
}

/** Standard deviation, as a share of the way from black to white. */
const NOISE = 0.1;

/** A step along the gradient, whose length does not matter, and a little back to 0. */
function ascend(x: Float32Array, gradient: Float32Array, ends: Ends, rate: number, decay: number): void {
  const area = x.length / ends.low.length;
  const length = Math.sqrt(weighed(gradient, gradient) / gradient.length) || 1;
  for (let i = 0; i < x.length; i++) {
    const channel = Math.floor(i / area);
    const [low, high] = [ends.low[channel]!, ends.high[channel]!];
    const next = x[i]! + (rate * (high - low) * gradient[i]!) / length;
    x[i] = within(next * (1 - decay), low, high);
  }
}

function within(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
