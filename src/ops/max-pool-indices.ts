import { toDense } from "./dense.js";
import type { MaxPoolAttrs } from "./max-pool2d.js";
import { type GraphWriter, type Op, sizes4, type Value } from "./op.js";
import { pooledShape } from "./pooling.js";

interface IndicesAttrs extends MaxPoolAttrs {
  /** Places in an image count down its columns first. */
  readonly columnMajor: boolean;
}

const maxPoolIndicesOp: Op<IndicesAttrs> = {
  name: "maxPoolIndices",
  infer: ([x], attrs) => [{ shape: pooledShape("maxPoolIndices", x!, attrs, attrs), form: "dense" }],
  sight: () => "all",
  steps(node, plan) {
    const { kh, kw, sh, sw, dh, dw, top, left, bottom, right, columnMajor } = node.attrs;
    const [, , h, w] = sizes4(node.inputs[0]!.shape);
    const [n, c, oh, ow] = sizes4(node.outputs[0]!.shape);
    const window = [kh, kw, sh, sw, dh, dw, top, left, bottom, right, 0];
    plan.step(
      "maxPoolIndices",
      n * c * oh,
      [
        ...[plan.place(node.outputs[0]!), plan.place(node.inputs[0]!)],
        plan.constants([...window, h, w, oh, ow, columnMajor ? 1 : 0]),
      ],
      3 * ow * kh * kw,
    );
  },
};

/**
 * Where the largest pixel of each window of {@link maxPool2d} lies, as its place in the whole of x, [n, c, h, w] or
 * [n, c, l] in a row (with `columnMajor` the pixels of an image count down its columns). Of several the first. Dense, no
 * gradient.
 */
export function maxPoolIndices(
  graph: GraphWriter,
  x: Value,
  attrs: MaxPoolAttrs,
  columnMajor: boolean,
): Value {
  return graph.add(maxPoolIndicesOp, [toDense(graph, x)], { ...attrs, columnMajor });
}
