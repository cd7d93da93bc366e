import { binary, pairwise } from "./binary.js";
import { neg } from "./neg.js";
import type { GraphWriter, Value } from "./op.js";
import { subtract } from "./subtract.js";

/** dy where the second input is positive, half of it where that is 0: the share of an operand that is ahead by so much. */
const share = pairwise("maximumGradInput", 2);

/** The gradient of a where it is larger than b; equal ones share. */
export function shareOfLarger(graph: GraphWriter, dy: Value, { a, b }: { a: Value; b: Value }): Value {
  return graph.add(share, [dy, graph.add(subtract, [a, b], {})], {});
}

/** The gradient of a where it is smaller than b; equal ones share. */
export function shareOfSmaller(graph: GraphWriter, dy: Value, { a, b }: { a: Value; b: Value }): Value {
  return graph.add(share, [dy, neg(graph, graph.add(subtract, [a, b], {}))], {});
}

/**
 * The larger of a and b, NaN beside a NaN; b has the shape of a or, of activations, one pixel for each channel:
 * [n, c, 1, 1] or [1, c, 1, 1].
 */
export const maximum = binary({ name: "maximum", flops: 2, gradA: shareOfLarger, gradB: shareOfSmaller });
