import type { Model } from "../layers/model.js";
import type { Tensor } from "../tensor.js";
import { summary } from "./summary.js";

/** A convolution in a network, with its kernels. */
export interface Convolution {
  /** Of the layer, as `summary` gives it. */
  readonly name: string;
  readonly type: string;
  /** [out, in / groups, kh, kw]. */
  readonly weights: Tensor;
}

/** The convolutions of a network in the order in which they are computed, whatever their weights are called. */
export function convolutions(model: Model): Convolution[] {
  const { graph, weights } = model.trace(
    model.ports[0]?.batch === false ? {} : [1, ...model.inputShape],
    false,
  );
  const types = new Map(summary(model).layers.map(({ name, type }) => [name, type]));
  const names = new Map([...weights].map(([name, value]) => [value, name]));
  const state = model.stateDict();
  return graph.nodes.flatMap(({ op, inputs, name }) => {
    const kernels = op.name === "conv2d" && inputs[1] ? state.get(names.get(inputs[1]) ?? "") : undefined;
    return kernels ? [{ name, type: types.get(name) ?? "Conv2d", weights: kernels }] : [];
  });
}
