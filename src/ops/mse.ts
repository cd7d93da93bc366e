import { sizeOf } from "../tensor.js";
import { checkSameShape } from "./elementwise.js";
import { LANES } from "./layout.js";
import { float, type Op } from "./op.js";
import { writeRows } from "./rows.js";
import { writeTotal } from "./total.js";

/** The mean of (x - target)^2, as torch.nn.MSELoss. Inputs: x, target of the same shape. Gives a dense []. */
export const mse: Op<object> = {
  name: "mse",

  infer([x, target]) {
    checkSameShape("mse", x!, target!);
    return [{ shape: [], form: "dense" }];
  },

  gradient(graph, node, [grad], needed) {
    const [x, target] = node.inputs;
    return [
      needed[0] ? graph.add(mseGradInput, [x!, target!, grad!], {}) : null,
      needed[1] ? graph.add(mseGradInput, [target!, x!, grad!], {}) : null,
    ];
  },

  steps(node, plan) {
    const x = plan.view(node.inputs[0]!);
    const target = plan.view(node.inputs[1]!);
    const planes = x.n * x.blocks;
    const partial = plan.scratch(2 * planes * LANES);
    plan.step("mse", planes, [partial, x, target], 3 * x.h * x.w * LANES);
    const mean = 1 / sizeOf(node.inputs[0]!.shape);
    writeTotal(plan, plan.place(node.outputs[0]!), partial, planes * LANES, mean);
  },
};

/** Inputs: x, target, the loss's gradient [] or null for 1. */
const mseGradInput: Op<object> = {
  name: "mseGradInput",
  infer: ([x]) => [{ shape: x!.shape }],
  steps(node, plan) {
    const [x, target, grad] = node.inputs;
    const views = [plan.view(node.outputs[0]!), plan.view(x!), plan.view(target!)];
    const factor = plan.constants([float(2 / sizeOf(x!.shape))]);
    writeRows(plan, "mseGradInput", views, [grad ? plan.place(grad) : 0, factor], 2);
  },
};
