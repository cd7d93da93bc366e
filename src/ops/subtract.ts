import { binary } from "./binary.js";
import { neg } from "./neg.js";

/** a - b, where b has the shape of a or, of activations, one pixel for each channel: [n, c, 1, 1] or [1, c, 1, 1]. */
export const subtract = binary({
  name: "subtract",
  flops: 1,
  gradA: (_graph, dy) => dy,
  gradB: neg,
});
