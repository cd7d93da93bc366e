import { check } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../tensor.js";
import { toDense } from "./dense.js";
import { samePlace } from "./layout.js";
import type { GraphWriter, Op, Value } from "./op.js";
import { writeCopy } from "./walk.js";

/**
 * The same elements, in n, c, h, w order, under another shape. A blocked value keeps its batch; a dense one stays
 * where it is.
 */
export const reshape: Op<{ readonly shape: Shape }> = {
  name: "reshape",
  infer([x], { shape }) {
    const { form, elements } = x!;
    check(
      (form === "dense" || shape[0] === x!.shape[0]) && sizeOf(shape) === sizeOf(x!.shape),
      () =>
        `reshape: ${formatShape(x!.shape)} cannot become ${formatShape(shape)}; ` +
        `${form === "dense" ? "the size" : "batch and size"} must stay.`,
    );
    return [form === "dense" ? { shape, form, elements } : { shape }];
  },
  sight: () => "all",
  gradient: (graph, node, [dy]) => [graph.add(reshape, [dy!], { shape: node.inputs[0]!.shape })],
  lies: (node, plan) => plan.place(node.inputs[0]!),
  steps(node, plan) {
    const [x] = node.inputs;
    const [y] = node.outputs;
    if (y!.form === "dense") {
      // The place is given where a gradient is to be found there.
      const [to, from] = [plan.place(y!), plan.place(x!)];
      if (!samePlace(to, from)) writeCopy(plan, to, from, y!.elements);
      return;
    }
    const out = plan.view(y!);
    plan.step("reshape", out.n, [out, plan.view(x!)], out.blocks * out.h * out.w * 64);
  },
};

/**
 * The same elements under another shape of any rank. A blocked value stays one as long as its batch stays and both
 * shapes have at most four dimensions; otherwise the result is dense.
 */
export function reshaped(graph: GraphWriter, value: Value, shape: Shape): Value {
  const { length: rank } = value.shape;
  const stays = rank >= 1 && shape.length >= 1 && shape.length <= 4 && shape[0] === value.shape[0];
  return graph.add(reshape, [value.form === "blocked" && !stays ? toDense(graph, value) : value], { shape });
}
