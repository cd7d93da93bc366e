import { mapped } from "./elementwise.js";
import { multiply } from "./multiply.js";

/** e^x. */
export const exp = mapped({
  kernel: "exp",
  flops: 10,
  gradient: (graph, dy, { y }) => graph.add(multiply, [dy, y], {}),
});
