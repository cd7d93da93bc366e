import { checkSameShape, writeRows } from "./elementwise.js";
import type { Op, Value } from "./op.js";

/** a + b, of one shape. */
export const add: Op<object> = {
  name: "add",
  infer([a, b]) {
    checkSameShape("add", a!, b!);
    return [{ shape: a!.shape }];
  },
  gradient: (_graph, _node, [dy]) => [dy!, dy!],
  steps(node, plan) {
    const views = [node.outputs[0]!, ...(node.inputs as Value[])].map((value) => plan.view(value));
    writeRows(plan, "add", views, [], 1);
  },
};
