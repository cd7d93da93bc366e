import { check, checkCount, checkFlags, checkOptions } from "../errors.js";
import { linear as linearOp } from "../ops/linear.js";
import { formatShape } from "../tensor.js";
import { checkInits, fanIn, type Inits } from "./init.js";
import type { Layer } from "./layer.js";

/** A fully connected layer (torch.nn.Linear): [n, in] to [n, features]. The input size is inferred. */
export function linear(features: number, options: { bias?: boolean; init?: Inits } = {}): Layer {
  checkOptions("linear", options, ["bias", "init"]);
  checkCount("linear: the number of output features", features);
  const { bias = true, init = {} } = options;
  checkFlags("linear", { bias });
  checkInits("linear", init);
  return {
    type: "Linear",
    apply(scope, x) {
      check(
        x.shape.length === 2,
        () =>
          `linear: the input has shape ${formatShape(x.shape)}, but it must be [n, in]. Put flatten() before it.`,
      );
      const ins = x.shape[1]!;
      const w = scope.parameter("weight", [features, ins], init.weight?.([features, ins]) ?? fanIn(ins));
      const b = bias ? scope.parameter("bias", [features], init.bias?.([features]) ?? fanIn(ins)) : null;
      return linearOp(scope.graph, x, w, b);
    },
  };
}
