import { checkOptions } from "../errors.js";
import type { Model } from "../layers/model.js";
import type { Tensor } from "../tensor.js";
import { Probe } from "./probe.js";
import { asBatch, checkLookedInto, checkTarget, seedOf, type Target } from "./target.js";

/** The derivatives of a number of the network. */
export interface Gradients {
  /** The number itself, for each input: a class's score before softmax, the sum of a channel, or a unit. */
  readonly scores: Float32Array;
  /** With respect to the input, [n, c, h, w]. */
  readonly input: Tensor;
  /** Outputs of the layers asked for, and the derivatives with respect to them. */
  readonly layers: Readonly<Record<string, { readonly value: Tensor; readonly gradient: Tensor }>>;
}

/**
 * How a number of the network (see {@link Target}) changes with each number of the input, and of the outputs of `layers`:
 * one forward and one backward pass, on the worker threads. The network evaluates, as in `predict`; nothing is trained.
 * The likeliest class is that of each input.
 */
export async function gradients(
  model: Model,
  input: Tensor,
  options: Target & { readonly layers?: readonly string[] } = {},
): Promise<Gradients> {
  const what = "gradients";
  checkLookedInto(what, model);
  checkOptions(what, options, ["class", "layer", "channel", "unit", "layers"]);
  const { layers = [], ...target } = options;
  checkTarget(what, target);
  const batch = asBatch(what, model, input);
  using probe = new Probe(what, model, batch.shape, target.layer, ["", ...layers]);
  // The likeliest classes are found in the outputs.
  const isOpen = target.layer === undefined && target.class === undefined;
  const outputs = isOpen ? await model.predict(batch) : undefined;
  const seed = seedOf(what, model, probe.shape, target, outputs);
  const { value, values, gradients: derivatives } = await probe.run(batch, seed);
  return {
    scores: scoresOf(value, seed),
    input: derivatives[""]!,
    layers: Object.fromEntries(
      layers.map((name) => [name, { value: values[name]!, gradient: derivatives[name]! }]),
    ),
  };
}

/** The sum of seed times value, for each input of the batch. */
function scoresOf({ data, shape: [n = 1] }: Tensor, seed: Float32Array): Float32Array {
  const size = data.length / n;
  return Float32Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = i * size; j < (i + 1) * size; j++) sum += data[j]! * seed[j]!;
    return sum;
  });
}
