import type { Shape } from "../tensor.js";
import { float, type Op, type StepWriter } from "./op.js";

/** What becomes of the numbers along an axis: places in the list are the kernel's. */
const BASES = ["sum", "squares", "sizes", "max", "min", "product"] as const;

export interface ReduceAttrs {
  readonly base: (typeof BASES)[number];
  /** The square root is taken of the result. */
  readonly root: boolean;
  /** The result is multiplied by this. */
  readonly factor: number;
}

function geometry(plan: StepWriter, { base, root, factor }: ReduceAttrs, [, n = 1, inner = 1]: Shape) {
  return plan.constants([BASES.indexOf(base), n, inner, root ? 1 : 0, float(factor)]);
}

/** x [outer, n, inner] to [outer, inner]: the sum, the largest and so on of each n numbers. */
export const reduce: Op<ReduceAttrs> = {
  name: "reduce",
  infer: ([x]) => [{ shape: [x!.shape[0]!, x!.shape[2]!], form: "dense" }],
  sight: () => "all",
  gradient: (graph, node, [dy]) => [
    graph.add(reduceGradInput, [dy!, node.inputs[0]!, node.outputs[0]!], node.attrs),
  ],
  steps(node, plan) {
    const [x] = node.inputs;
    const [outer = 1, n = 1, inner = 1] = x!.shape;
    plan.step(
      "reduce",
      outer * Math.ceil(inner / 4),
      [plan.place(node.outputs[0]!), plan.place(x!), geometry(plan, node.attrs, x!.shape)],
      8 + n * Math.min(inner, 4),
    );
  },
};

/** Inputs: dy, x, y. */
const reduceGradInput: Op<ReduceAttrs> = {
  name: "reduceGradInput",
  infer: ([, x]) => [{ shape: x!.shape, form: "dense" }],
  steps(node, plan) {
    const { shape } = node.inputs[1]!;
    const [outer = 1, n = 1, inner = 1] = shape;
    const operands = [node.outputs[0]!, ...node.inputs].map((value) => plan.place(value!));
    plan.step("reduceGradInput", outer * inner, [...operands, geometry(plan, node.attrs, shape)], 8 + 4 * n);
  },
};
