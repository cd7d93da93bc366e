import { broadcastView, checkBroadcast, unbroadcast } from "./broadcast.js";
import { writeRows } from "./elementwise.js";
import type { Op } from "./op.js";

/** a b, where b has the shape of a or one pixel for each channel: [n, c, 1, 1] or [1, c, 1, 1]. */
export const multiply: Op<object> = {
  name: "multiply",
  infer([a, b]) {
    checkBroadcast("multiply", a!, b!);
    return [{ shape: a!.shape }];
  },
  gradient(graph, node, [dy], needed) {
    const [a, b] = node.inputs;
    return [
      needed[0] ? graph.add(multiply, [dy!, b!], {}) : null,
      needed[1] ? unbroadcast(graph, graph.add(multiply, [dy!, a!], {}), b!.shape) : null,
    ];
  },
  steps(node, plan) {
    const [a, b] = node.inputs;
    const out = plan.view(node.outputs[0]!);
    writeRows(plan, "multiply", [out, plan.view(a!), broadcastView(plan.view(b!), out)], [], 1);
  },
};
