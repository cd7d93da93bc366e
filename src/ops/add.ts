import { broadcastView, checkBroadcast, unbroadcast } from "./broadcast.js";
import { writeRows } from "./elementwise.js";
import type { Op } from "./op.js";

/** a + b, where b has the shape of a or one pixel for each channel: [n, c, 1, 1] or [1, c, 1, 1]. */
export const add: Op<object> = {
  name: "add",
  infer([a, b]) {
    checkBroadcast("add", a!, b!);
    return [{ shape: a!.shape }];
  },
  gradient(graph, node, [dy], needed) {
    return [dy!, needed[1] ? unbroadcast(graph, dy!, node.inputs[1]!.shape) : null];
  },
  steps(node, plan) {
    const [a, b] = node.inputs;
    const out = plan.view(node.outputs[0]!);
    writeRows(plan, "add", [out, plan.view(a!), broadcastView(plan.view(b!), out)], [], 1);
  },
};
