import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import { joinRows, LANES, type Place } from "./layout.js";
import { float, type Op, type StepWriter } from "./op.js";
import { checkRank } from "./shape.js";

export interface ChannelScaleAttrs {
  /** One number for each channel. */
  readonly scale: readonly number[];
  readonly shift: readonly number[];
}

/** One number for each channel, up to a whole block. */
function constants(plan: StepWriter, numbers: readonly number[]): Place {
  const lanes = Array.from({ length: Math.ceil(numbers.length / LANES) * LANES }, (_, c) => numbers[c] ?? 0);
  return plan.constants(lanes.map(float));
}

/** x scale + shift, with fixed numbers for each channel of [n, c], [n, c, l] or [n, c, h, w]. */
export const channelScale: Op<ChannelScaleAttrs> = {
  name: "channelScale",

  infer([x], { scale, shift }) {
    checkRank("channelScale", x!, [2, 3, 4], "[n, c], [n, c, l] or [n, c, h, w]");
    const c = x!.shape[1]!;
    check(
      scale.length === c && shift.length === c,
      () =>
        `channelScale: ${scale.length} scales and ${shift.length} shifts do not fit the ${c} channels of ` +
        `${formatShape(x!.shape)}. Give one of each for every channel.`,
    );
    return [{ shape: x!.shape }];
  },

  gradient: (graph, node, [dy]) => [
    graph.add(channelScale, [dy!], { ...node.attrs, shift: node.attrs.shift.map(() => 0) }),
  ],

  steps(node, plan) {
    const [out, x] = joinRows([plan.view(node.outputs[0]!), plan.view(node.inputs[0]!)]);
    const [scale, shift] = [constants(plan, node.attrs.scale), constants(plan, node.attrs.shift)];
    // Batch norm's kernel, (x - mean) inverse weight + bias, without mean and weight.
    plan.step("batchNorm", out!.n * out!.blocks * out!.h, [out!, x!, 0, shift, 0, scale], 2 * out!.w * LANES);
  },
};
