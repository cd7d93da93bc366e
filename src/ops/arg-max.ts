import { aroundAxis, axisOf } from "./axes.js";
import { toDense } from "./dense.js";
import type { GraphWriter, Op, Value } from "./op.js";
import { reshaped } from "./reshape.js";

interface ArgMaxAttrs {
  /** The smallest instead. */
  readonly least: boolean;
  /** Of several that are the same the last, not the first. */
  readonly last: boolean;
}

/** x [outer, n, inner] to places [outer, inner]. */
const argMaxOp: Op<ArgMaxAttrs> = {
  name: "argMax",
  infer: ([x]) => [{ shape: [x!.shape[0]!, x!.shape[2]!], form: "dense" }],
  sight: () => "all",
  steps(node, plan) {
    const [x] = node.inputs;
    const [outer = 1, n = 1, inner = 1] = x!.shape;
    const { least, last } = node.attrs;
    plan.step(
      "argMax",
      outer * inner,
      [plan.place(node.outputs[0]!), plan.place(x!), n, inner, least ? 1 : 0, last ? 1 : 0],
      4 + 2 * n,
    );
  },
};

function extreme(
  graph: GraphWriter,
  value: Value,
  axis: number,
  keepDims: boolean,
  attrs: ArgMaxAttrs,
): Value {
  const { shape } = value;
  const at = axisOf(attrs.least ? "argMin" : "argMax", axis, shape);
  const x = reshaped(graph, toDense(graph, value), aroundAxis(shape, at));
  const result = keepDims ? shape.map((size, i) => (i === at ? 1 : size)) : shape.filter((_, i) => i !== at);
  return reshaped(graph, graph.add(argMaxOp, [x], attrs), result);
}

/** The places of the largest numbers along an axis, the first or the last of those that are the same. Dense; no gradient. */
export function argMax(
  graph: GraphWriter,
  value: Value,
  axis: number,
  keepDims: boolean,
  selectLast = false,
): Value {
  return extreme(graph, value, axis, keepDims, { least: false, last: selectLast });
}

/** The places of the smallest numbers along an axis. */
export function argMin(
  graph: GraphWriter,
  value: Value,
  axis: number,
  keepDims: boolean,
  selectLast = false,
): Value {
  return extreme(graph, value, axis, keepDims, { least: true, last: selectLast });
}
