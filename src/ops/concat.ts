import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import { LANES, samePlace, type View } from "./layout.js";
import { type Node, type Op, sizes4 } from "./op.js";
import { checkRank } from "./shape.js";
import { sliceChannels, writeSlice } from "./slice-channels.js";

/** Where each input's channels begin in the output. */
function starts(node: Node): number[] {
  let channel = 0;
  return node.inputs.map((value) => {
    const start = channel;
    channel += sizes4(value!.shape)[1];
    return start;
  });
}

/** The blocks of the output that hold `count` channels from `start` on, and any before them in the first block. */
function blocksFrom(output: View, start: number, count: number): View {
  const first = Math.floor(start / LANES);
  const c = start - first * LANES + count;
  return { ...output, offset: output.offset + first * output.block, c, blocks: Math.ceil(c / LANES) };
}

/** The inputs side by side along the channels. */
export const concat: Op<object> = {
  name: "concat",

  infer(inputs) {
    check(inputs.length > 0, "concat: there is nothing to concatenate. Give at least one input.");
    const [n, , ...pixels] = inputs[0]!.shape;
    inputs.forEach((value, i) => {
      checkRank("concat", value!, [2, 3, 4], "[n, c], [n, c, l] or [n, c, h, w]");
      const [batch, , ...others] = value!.shape;
      check(
        batch === n && others.length === pixels.length && others.every((size, d) => size === pixels[d]),
        () =>
          `concat: input ${i} has shape ${formatShape(value!.shape)}, input 0 ${formatShape(inputs[0]!.shape)}; all but ` +
          "the channels must be the same.",
      );
    });
    const channels = inputs.reduce((sum, value) => sum + value!.shape[1]!, 0);
    return [{ shape: [n!, channels, ...pixels] }];
  },

  gradient(graph, node, [dy], needed) {
    return starts(node).map((start, i) => {
      if (!needed[i]) return null;
      return graph.add(sliceChannels, [dy!], { start, count: node.inputs[i]!.shape[1]! });
    });
  },

  /** An input that fills whole blocks, or ends with the output, may be computed where it belongs. */
  embed(node, index, output) {
    const start = starts(node)[index]!;
    const count = node.inputs[index]!.shape[1]!;
    const fits = start % LANES === 0 && (count % LANES === 0 || index === node.inputs.length - 1);
    return fits ? blocksFrom(output, start, count) : null;
  },

  steps(node, plan) {
    const output = plan.view(node.outputs[0]!);
    starts(node).forEach((start, i) => {
      const x = plan.view(node.inputs[i]!);
      const part = blocksFrom(output, start, x.c);
      // Inputs follow each other, so what a call writes past its channels, the next one replaces.
      const shift = start % LANES;
      if (!samePlace(part, x)) writeSlice(plan, part, x, -shift, shift);
    });
  },
};
