import { binary } from "./binary.js";
import { multiply } from "./multiply.js";
import { neg } from "./neg.js";
import type { Op } from "./op.js";

/** a / b, where b has the shape of a or, of activations, one pixel for each channel: [n, c, 1, 1] or [1, c, 1, 1]. */
export const divide: Op<object> = binary({
  name: "divide",
  flops: 2,
  gradA: (graph, dy, { b }) => graph.add(divide, [dy, b], {}),
  gradB: (graph, dy, { b, y }) => neg(graph, graph.add(multiply, [graph.add(divide, [dy, b], {}), y], {})),
});
