import { binary } from "./binary.js";
import type { Op } from "./op.js";

/** a b, where b has the shape of a or, of activations, one pixel for each channel: [n, c, 1, 1] or [1, c, 1, 1]. */
export const multiply: Op<object> = binary({
  name: "multiply",
  flops: 1,
  gradA: (graph, dy, { b }) => graph.add(multiply, [dy, b], {}),
  gradB: (graph, dy, { a }) => graph.add(multiply, [dy, a], {}),
});
