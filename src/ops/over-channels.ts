import { LANES } from "./layout.js";
import type { Op, StepWriter, Value } from "./op.js";
import { checkRank } from "./shape.js";

/** Appends a kernel whose units are rows across all channel blocks; the first value is the output. */
function writeAcross(plan: StepWriter, kernel: string, values: readonly Value[], flops: number): void {
  const views = values.map((value) => plan.view(value));
  const [out] = views;
  plan.step(kernel, out!.n * out!.h, views, out!.w * out!.blocks * LANES * flops);
}

/**
 * An op that maps the channels of each pixel together: the kernels are `name` (out, x) and `<name>GradInput`
 * (dx, dy, y). `flops`: rough operations per element.
 */
export function overChannels({ name, flops }: { name: string; flops: number }): Op<object> {
  const gradInput: Op<object> = {
    name: `${name}GradInput`,
    infer: ([dy]) => [{ shape: dy!.shape }],
    steps(node, plan) {
      writeAcross(plan, gradInput.name, [node.outputs[0]!, ...(node.inputs as Value[])], flops);
    },
  };
  return {
    name,
    infer([x]) {
      checkRank(name, x!, [2, 3, 4], "[n, c], [n, c, l] or [n, c, h, w]");
      return [{ shape: x!.shape }];
    },
    gradient: (graph, node, [dy]) => [graph.add(gradInput, [dy!, node.outputs[0]!], {})],
    steps(node, plan) {
      writeAcross(plan, name, [node.outputs[0]!, node.inputs[0]!], flops);
    },
  };
}
