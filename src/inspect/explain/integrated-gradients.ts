import { checkCount, checkOptions } from "../../errors.js";
import type { Model, Picture } from "../../layers/model.js";
import { Tensor } from "../../tensor.js";
import { type Baseline, baselineOf } from "./baseline.js";
import { type Explanation, type LongExplainOptions, longExplainOptions } from "./explanation.js";
import { sumOfGradients } from "./passes.js";
import { gaussLegendre } from "./quadrature.js";
import { sizesOf, subjectOf } from "./subject.js";

export interface IntegratedGradientsOptions extends LongExplainOptions {
  /** Where the way to the input begins. Default "black" for models that take pictures, otherwise 0. */
  readonly baseline?: Baseline;
  /** Points on the way at which derivatives are taken. Default 50. */
  readonly steps?: number;
}

export interface IntegratedGradients extends Explanation {
  /** What each number of the input adds to the score, of the input's shape; the map is their sum over the channels. */
  readonly attributions: Tensor;
  /** The score of the baseline. */
  readonly baselineScore: number;
  /**
   * The sum of the attributions less (score - baselineScore), which would be 0 if the integral were exact ("completeness").
   * Where it is no small part of that difference, take more steps: networks of ReLUs bend many times on the way.
   */
  readonly gap: number;
}

/**
 * What each number of the input adds to the score, counted from a baseline (Sundararajan et al., 2017): the derivatives on
 * the straight way from there to the input, integrated by Gauss and Legendre's rule, times the difference of the two. What helps the
 * class is above zero, what speaks against it below. `steps` forward and backward passes.
 */
export async function integratedGradients(
  model: Model,
  input: Tensor | Picture,
  options: IntegratedGradientsOptions = {},
): Promise<IntegratedGradients> {
  const what = "integratedGradients";
  checkOptions(what, options, [...longExplainOptions, "baseline", "steps"]);
  const { steps = 50 } = options;
  checkCount(`${what}: steps`, steps);
  const subject = await subjectOf(what, model, input, options);
  const { data: from } = await baselineOf(`${what}: baseline`, model, subject.input, options.baseline);
  const { data: to, shape } = subject.input;
  // The baseline itself goes along for its score.
  const { places, weights } = gaussLegendre(steps);
  const write = (i: number, into: Float32Array): void => {
    const share = places[i] ?? 0;
    for (let j = 0; j < to.length; j++) into[j] = from[j]! + share * (to[j]! - from[j]!);
  };
  const weight = (i: number): number => weights[i] ?? 0;
  const { sum, scores } = await sumOfGradients(subject, { count: steps + 1, write, weight }, options);
  const attributions = sum.map((value, j) => value * (to[j]! - from[j]!));
  const baselineScore = scores[steps]!;
  const total = attributions.reduce((a, b) => a + b, 0);
  const [c, h, w] = sizesOf(subject.input);
  const map = new Float32Array(h * w);
  for (let i = 0; i < map.length; i++) {
    let pixel = 0;
    for (let channel = 0; channel < c; channel++) pixel += attributions[channel * map.length + i]!;
    map[i] = pixel;
  }
  return {
    method: "Integrated gradients",
    text: "What each pixel adds to the score, counted from an input that shows nothing.",
    map: new Tensor(map, [h, w]),
    unit: "part of the score",
    score: subject.score,
    target: subject.target,
    attributions: new Tensor(Float32Array.from(attributions), shape),
    baselineScore,
    gap: total - (subject.score - baselineScore),
  };
}
