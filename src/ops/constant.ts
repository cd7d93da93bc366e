import { check } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../tensor.js";
import { samePlace } from "./layout.js";
import type { GraphWriter, Op, Value } from "./op.js";
import { writeCopy } from "./walk.js";

interface ConstantAttrs {
  readonly values: Float32Array;
  readonly shape: Shape;
}

const constantOp: Op<ConstantAttrs> = {
  name: "constant",
  infer(_inputs, { values, shape }) {
    check(
      values.length === sizeOf(shape),
      () =>
        `constant: ${values.length} values do not fill the shape ${formatShape(shape)}, which holds ${sizeOf(shape)}.`,
    );
    return [{ shape, form: "dense" }];
  },
  lies: ({ attrs }, plan) => plan.table(attrs.values),
  steps(node, plan) {
    const [to, from] = [plan.place(node.outputs[0]!), plan.table(node.attrs.values)];
    if (!samePlace(to, from)) writeCopy(plan, to, from, node.attrs.values.length);
  },
};

/** A dense value that is known beforehand. The numbers are written into memory once, with the plan. */
export function constant(graph: GraphWriter, values: Float32Array, shape: Shape): Value {
  return graph.add(constantOp, [], { values, shape });
}
