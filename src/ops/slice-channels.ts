import { check } from "../errors.js";
import { formatShape, type Shape } from "../tensor.js";
import { LANES, type View } from "./layout.js";
import type { Op, StepWriter } from "./op.js";
import { checkRank } from "./shape.js";

export interface SliceAttrs {
  /** First channel and number of channels. */
  readonly start: number;
  readonly count: number;
}

/**
 * Appends the kernel call that makes channel c of out channel c + from of x, zero where x has none. The first `keep`
 * channels of out stay as they are.
 */
export function writeSlice(plan: StepWriter, out: View, x: View, from: number, keep = 0): void {
  plan.step("sliceChannels", out.n * out.blocks * out.h, [out, x, from, keep], out.w * LANES);
}

/** The channels start to start + count - 1. */
export const sliceChannels: Op<SliceAttrs> = {
  name: "sliceChannels",
  infer([x], { start, count }) {
    checkRank("sliceChannels", x!, [2, 3, 4], "[n, c], [n, c, l] or [n, c, h, w]");
    const [n, c, ...pixels] = x!.shape;
    check(
      Number.isInteger(start) && Number.isInteger(count) && start >= 0 && count > 0 && start + count <= c!,
      () =>
        `sliceChannels: ${count} channels from channel ${start} on do not exist in ${formatShape(x!.shape)}, which has ` +
        `${c}. Start at 0 or later and end by ${c}.`,
    );
    return [{ shape: [n!, count, ...pixels] }];
  },
  gradient: (graph, node, [dy]) => [
    graph.add(sliceGradInput, [dy!], { ...node.attrs, shape: node.inputs[0]!.shape }),
  ],
  steps(node, plan) {
    writeSlice(plan, plan.view(node.outputs[0]!), plan.view(node.inputs[0]!), node.attrs.start);
  },
};

/** dy in its place among channels whose gradient is zero. */
const sliceGradInput: Op<SliceAttrs & { shape: Shape }> = {
  name: "sliceChannelsGradInput",
  infer: (_inputs, { shape }) => [{ shape }],
  steps(node, plan) {
    writeSlice(plan, plan.view(node.outputs[0]!), plan.view(node.inputs[0]!), -node.attrs.start);
  },
};
