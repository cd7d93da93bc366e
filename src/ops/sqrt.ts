import { affine } from "./affine.js";
import { divide } from "./divide.js";
import { mapped } from "./elementwise.js";

/** The square root; NaN below 0. */
export const sqrt = mapped({
  kernel: "sqrt",
  flops: 4,
  gradient: (graph, dy, { y }) => graph.add(divide, [dy, graph.add(affine, [y], { scale: 2, shift: 0 })], {}),
});
