import { multiply } from "./multiply.js";
import type { GraphWriter, Value } from "./op.js";
import { sigmoid } from "./sigmoid.js";

/** Adds x sigmoid(x), also known as swish (Ramachandran et al., 2017). */
export function silu(graph: GraphWriter, x: Value): Value {
  return graph.add(multiply, [x, graph.add(sigmoid, [x], {})], {});
}
