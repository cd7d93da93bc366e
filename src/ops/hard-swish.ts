import { hardSigmoid } from "./hard-sigmoid.js";
import { multiply } from "./multiply.js";
import type { GraphWriter, Value } from "./op.js";

/** Adds x min(max(x + 3, 0), 6) / 6 (Howard et al., 2019). */
export function hardSwish(graph: GraphWriter, x: Value): Value {
  return graph.add(multiply, [x, graph.add(hardSigmoid, [x], { alpha: 1 / 6, beta: 0.5 })], {});
}
