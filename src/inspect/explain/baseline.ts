import { check, checkIs, checkNumber } from "../../errors.js";
import type { Model } from "../../layers/model.js";
import { formatShape, Tensor } from "../../tensor.js";
import { pixelScale } from "./pixels.js";
import { sizesOf } from "./subject.js";

/**
 * An input that shows nothing. A number: that number everywhere; 0 is a middling grey where inputs are normalised. "black":
 * what the model's `prepare` makes of black. "mean": the mean of each of the input's channels. Or a tensor of the input's
 * shape.
 */
export type Baseline = number | "black" | "mean" | Tensor;

/** The baseline for an input [1, c, h, w], as a tensor of its shape. Left out: black where that is known, otherwise 0. */
export async function baselineOf(
  what: string,
  model: Model,
  input: Tensor,
  given: Baseline | undefined,
): Promise<Tensor> {
  const scale = given === undefined || given === "black" ? await pixelScale(model) : undefined;
  const baseline = given ?? (scale ? "black" : 0);
  if (baseline instanceof Tensor) {
    const fits = baseline.size === input.size;
    const shapes = `shape ${formatShape(baseline.shape)}, the input ${formatShape(input.shape)}`;
    check(fits, () => `${what} has ${shapes}; they must be the same.`);
    return baseline.reshape(...input.shape);
  }
  const [c, h, w] = sizesOf(input);
  const area = h * w;
  const values = ((): ArrayLike<number> => {
    if (typeof baseline === "number") {
      checkNumber(what, baseline);
      return Array<number>(c).fill(baseline);
    }
    if (baseline === "mean") return meansOf(input.data, c, area);
    checkIs(baseline === "black", what, baseline, 'a number, "black", "mean" or a Tensor');
    check(
      scale,
      () =>
        `${what} is "black", but this model has no prepare that says what black is. Give the number for it.`,
    );
    return scale.black;
  })();
  const data = new Float32Array(input.size);
  for (let channel = 0; channel < c; channel++)
    data.fill(values[channel]!, channel * area, (channel + 1) * area);
  return new Tensor(data, input.shape);
}

function meansOf(data: Float32Array, c: number, area: number): Float64Array {
  const means = new Float64Array(c);
  for (let i = 0; i < data.length; i++) means[Math.floor(i / area)]! += data[i]! / area;
  return means;
}
