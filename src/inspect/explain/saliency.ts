import { checkFlags, checkOptions } from "../../errors.js";
import type { Model, Picture } from "../../layers/model.js";
import { Tensor } from "../../tensor.js";
import { type ExplainOptions, type Explanation, explainOptions } from "./explanation.js";
import { sumOfGradients } from "./passes.js";
import { type Subject, sizesOf, subjectOf } from "./subject.js";

/** How the derivatives of a pixel's channels become one number. */
export interface GradientMapOptions {
  /**
   * The sum over the channels, below zero where more of the input lowers the score, in place of the largest size. Default
   * false.
   */
  readonly signed?: boolean;
  /** Each derivative times the number of the input it belongs to (Shrikumar et al., 2016). Default false. */
  readonly timesInput?: boolean;
}

export const gradientMapOptions = ["signed", "timesInput"];

export interface SaliencyOptions extends ExplainOptions, GradientMapOptions {}

/**
 * How much the score changes with each pixel: the derivative with respect to the input, of each pixel the channel whose
 * derivative is largest in size (Simonyan et al., 2013). One forward and one backward pass.
 */
export async function saliency(
  model: Model,
  input: Tensor | Picture,
  options: SaliencyOptions = {},
): Promise<Explanation> {
  const what = "saliency";
  checkOptions(what, options, [...explainOptions, ...gradientMapOptions]);
  checkFlags(what, flagsOf(options));
  const subject = await subjectOf(what, model, input, options);
  const { signal } = options;
  const once = {
    count: 1,
    write: (_: number, into: Float32Array) => into.set(subject.input.data),
    weight: () => 1,
  };
  const { sum } = await sumOfGradients(subject, once, signal ? { signal } : {});
  return gradientMap(subject, sum, options, { method: "Saliency" });
}

/** The flags of the options, with their defaults. */
export function flagsOf({
  signed = false,
  timesInput = false,
}: GradientMapOptions): Required<GradientMapOptions> {
  return { signed, timesInput };
}

/** The explanation that derivatives with respect to the input make. */
export function gradientMap(
  { input, target, score }: Subject,
  gradient: Float64Array,
  options: GradientMapOptions,
  { method, mean = "" }: { method: string; mean?: string },
): Explanation {
  const { signed, timesInput } = flagsOf(options);
  const [c, h, w] = sizesOf(input);
  const area = h * w;
  const map = new Float32Array(area);
  for (let i = 0; i < area; i++) {
    let [sum, most] = [0, 0];
    for (let j = i; j < c * area; j += area) {
      const value = gradient[j]! * (timesInput ? input.data[j]! : 1);
      sum += value;
      most = Math.max(most, Math.abs(value));
    }
    map[i] = signed ? sum : most;
  }
  const how = signed ? "How" : "How much";
  return {
    method: timesInput ? `${method} × input` : method,
    text: `${how} the score changes with each pixel${timesInput ? ", times the pixel" : ""}${mean}.`,
    map: new Tensor(map, [h, w]),
    unit: timesInput ? "change of the score" : "change of the score per unit of input",
    score,
    target,
  };
}
