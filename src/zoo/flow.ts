import { type Network, network } from "../layers/containers.js";
import type { Layer, Scope } from "../layers/layer.js";
import type { Value } from "../ops/op.js";

/**
 * Layers one after the other, by the names their weights have. A list stands for branches side by side, whose channels
 * are concatenated; its own name is for summaries and taps alone, not part of the weights' names.
 */
export interface Flow {
  readonly [name: string]: Layer | readonly Flow[];
}

/** Applies the layers under the scope's own names. */
function run(scope: Scope, flow: Flow, x: Value): Value {
  return Object.entries(flow).reduce((value, [name, step]) => {
    const layer = "apply" in step ? (step as Layer) : beside(scope, step as readonly Flow[]);
    return scope.child(name, layer, value);
  }, x);
}

/** Branches whose weights are named as if they lay directly in `outer`. */
function beside(outer: Scope, branches: readonly Flow[]): Layer {
  return {
    type: "Parallel",
    apply: (scope, x) => scope.concat(...branches.map((branch) => run(outer, branch, x))),
  };
}

/** A network of named layers and branches. */
export function flowing(type: string, flow: Flow): Network {
  return network({ type, apply: (scope, x) => run(scope, flow, x) });
}

/** Branches on the same input, concatenated. */
export function branched(type: string, branches: readonly Flow[]): Network {
  return network({
    type,
    apply: (scope, x) => scope.concat(...branches.map((branch) => run(scope, branch, x))),
  });
}
