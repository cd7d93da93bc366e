import { divide } from "./divide.js";
import { mapped } from "./elementwise.js";

/** The natural logarithm; -infinity at 0, NaN below. */
export const log = mapped({
  kernel: "log",
  flops: 15,
  gradient: (graph, dy, { x }) => graph.add(divide, [dy, x], {}),
});
