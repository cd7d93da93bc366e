import type { KernelName } from "../../build/wasm/kernels.js";
import { LANES } from "./layout.js";
import type { Op, OpWithGradInput, StepWriter, Value } from "./op.js";
import { checkRank } from "./shape.js";

/** Appends a kernel whose units are rows across all channel blocks; the first value is the output. */
function writeAcross(plan: StepWriter, kernel: KernelName, values: readonly Value[], flops: number): void {
  const views = values.map((value) => plan.view(value));
  const [out] = views;
  plan.step(kernel, out!.n * out!.h, views, out!.w * out!.blocks * LANES * flops);
}

/**
 * An op that maps the channels of each pixel together: the kernels are `name` (out, x) and `<name>GradInput`
 * (dx, dy, y). `flops`: rough operations per element.
 */
export function overChannels({ name, flops }: { name: OpWithGradInput; flops: number }): Op<object> {
  const gradKernel = `${name}GradInput` as const;
  const gradInput: Op<object> = {
    name: gradKernel,
    infer: ([dy]) => [{ shape: dy!.shape }],
    steps(node, plan) {
      writeAcross(plan, gradKernel, [node.outputs[0]!, ...(node.inputs as Value[])], flops);
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
