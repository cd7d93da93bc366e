import { check, checkCount, checkFlags, checkNumber, checkOptions, show } from "../../errors.js";
import type { Model, Picture } from "../../layers/model.js";
import { Random } from "../../random.js";
import type { Tensor } from "../../tensor.js";
import { extentOf } from "../scale.js";
import { type Explanation, type LongExplainOptions, longExplainOptions } from "./explanation.js";
import { sumOfGradients } from "./passes.js";
import { flagsOf, type GradientMapOptions, gradientMap, gradientMapOptions } from "./saliency.js";
import { subjectOf } from "./subject.js";

export interface SmoothGradOptions extends LongExplainOptions, GradientMapOptions {
  /** How many noisy inputs. Default 50. */
  readonly samples?: number;
  /** Standard deviation of the noise, as a share of the range of the input's numbers. Default 0.15. */
  readonly noise?: number;
  /** Decides the noise. Default 0. */
  readonly seed?: number;
}

/**
 * Saliency without its grain: the mean of the derivatives at inputs to which normal noise was added (Smilkov et al., 2017),
 * and of that, for each pixel, the channel that is largest in size. The same seed gives the same map for any batch size and
 * number of threads. `samples` forward and backward passes.
 */
export async function smoothGrad(
  model: Model,
  input: Tensor | Picture,
  options: SmoothGradOptions = {},
): Promise<Explanation> {
  const what = "smoothGrad";
  checkOptions(what, options, [...longExplainOptions, ...gradientMapOptions, "samples", "noise", "seed"]);
  const { samples = 50, noise = 0.15, seed = 0 } = options;
  checkFlags(what, flagsOf(options));
  checkCount(`${what}: samples`, samples);
  checkNumber(`${what}: noise`, noise, { min: 0 });
  check(Number.isSafeInteger(seed), () => `${what}: the seed is ${show(seed)}; it must be a whole number.`);
  const subject = await subjectOf(what, model, input, options);
  const { data } = subject.input;
  const [least, most] = extentOf(data) ?? [0, 0];
  const deviation = noise * (most - least);
  const random = new Random(seed);
  const write = (i: number, into: Float32Array): void => {
    const own = random.fork(i);
    for (let j = 0; j < data.length; j++) into[j] = data[j]! + deviation * own.normal();
  };
  const { sum } = await sumOfGradients(subject, { count: samples, write, weight: () => 1 }, options);
  const mean = sum.map((value) => value / samples);
  return gradientMap(subject, mean, options, {
    method: "SmoothGrad",
    mean: `, on average over ${samples} inputs with noise`,
  });
}
