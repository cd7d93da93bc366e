import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import { aroundAxis, axisOf } from "./axes.js";
import { toDense } from "./dense.js";
import { after } from "./layout.js";
import type { GraphWriter, Node, Op, Value } from "./op.js";
import { sliced } from "./rearrange.js";
import { writeCopies } from "./walk.js";

interface JoinAttrs {
  readonly axis: number;
}

/** Where each input begins along the axis. */
function starts(node: Node<JoinAttrs>): number[] {
  let place = 0;
  return node.inputs.map((value) => {
    const start = place;
    place += value!.shape[node.attrs.axis]!;
    return start;
  });
}

const join: Op<JoinAttrs> = {
  name: "joined",

  infer(inputs, { axis }) {
    const [first] = inputs;
    inputs.forEach((value, i) => {
      const { shape } = value!;
      check(
        shape.length === first!.shape.length &&
          shape.every((size, d) => d === axis || size === first!.shape[d]),
        () =>
          `joined: input ${i} has shape ${formatShape(shape)}, input 0 ${formatShape(first!.shape)}; all but axis ` +
          `${axis} must be the same.`,
      );
    });
    const size = inputs.reduce((sum, value) => sum + value!.shape[axis]!, 0);
    return [{ shape: first!.shape.map((old, d) => (d === axis ? size : old)), form: "dense" }];
  },

  sight: () => "all",

  gradient: (graph, node, [dy], needed) =>
    starts(node).map((start, i) => {
      const { axis } = node.attrs;
      return needed[i] ? sliced(graph, dy!, [start], [start + node.inputs[i]!.shape[axis]!], [axis]) : null;
    }),

  steps(node, plan) {
    const { axis } = node.attrs;
    const [output] = node.outputs;
    const [, n, inner] = aroundAxis(output!.shape, axis);
    starts(node).forEach((start, i) => {
      const x = node.inputs[i]!;
      const [outer, count] = aroundAxis(x.shape, axis);
      const to = after(plan.place(output!), start * inner * 4);
      writeCopies(plan, to, n * inner, plan.place(x), count * inner, outer);
    });
  },
};

/** Values one after the other along an axis, which all others agree on. Gives a dense value. */
export function joined(graph: GraphWriter, values: readonly Value[], axis: number): Value {
  const [first] = values;
  check(first, "joined: there is nothing to join. Give at least one value.");
  const at = axisOf("joined", axis, first.shape);
  const dense = values.map((value) => toDense(graph, value));
  return dense.length === 1 ? dense[0]! : graph.add(join, dense, { axis: at });
}
