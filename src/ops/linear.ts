import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import { conv2d } from "./conv2d.js";
import type { GraphWriter, Op, Value } from "./op.js";

/** y[n, k] = b[k] + sum over c of w[k, c] x[n, c]: a convolution that has no space to slide over. */
const linearOp: typeof conv2d = {
  ...conv2d,
  name: "linear",
  infer(inputs, attrs) {
    const [x, w, b] = inputs;
    check(
      x!.shape.length === 2 && w!.shape.length === 2 && x!.shape[1] === w!.shape[1],
      () =>
        `linear: the input ${formatShape(x!.shape)} does not fit the weight ${formatShape(w!.shape)}; it must be ` +
        `[n, ${w!.shape[1]}].${x!.shape.length > 2 ? " Put flatten() or a global pooling before the layer." : ""}`,
    );
    check(
      !b || (b.shape.length === 1 && b.shape[0] === w!.shape[0]),
      () =>
        `linear: the bias has shape ${formatShape(b!.shape)}; ${w!.shape[0]} outputs need [${w!.shape[0]}].`,
    );
    return conv2d.infer(inputs, attrs);
  },
};

/** Adds a linear layer. x [n, in], w [out, in], b [out] or null; gives [n, out]. */
export function linear(graph: GraphWriter, x: Value, w: Value, b: Value | null): Value {
  return graph.add(linearOp as Op, [x, w, b], { sh: 1, sw: 1, dh: 1, dw: 1, groups: 1, flip: false });
}
