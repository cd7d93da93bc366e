import { affine } from "./affine.js";
import type { GraphWriter, Value } from "./op.js";

/** Adds -x. */
export function neg(graph: GraphWriter, x: Value): Value {
  return graph.add(affine, [x], { scale: -1, shift: 0 });
}
