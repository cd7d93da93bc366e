import { binary } from "./binary.js";

/** a + b, where b has the shape of a or, of activations, one pixel for each channel: [n, c, 1, 1] or [1, c, 1, 1]. */
export const add = binary({ name: "add", flops: 1, gradA: (_graph, dy) => dy, gradB: (_graph, dy) => dy });
