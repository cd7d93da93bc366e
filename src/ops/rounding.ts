import { affine } from "./affine.js";
import { mapped } from "./elementwise.js";
import type { Op } from "./op.js";

/** An op that rounds: its gradient is 0. */
export function rounding(kernel: "floor" | "ceil" | "trunc" | "round"): Op<object> {
  return mapped({
    kernel,
    flops: 1,
    gradient: (graph, dy) => graph.add(affine, [dy], { scale: 0, shift: 0 }),
  });
}
