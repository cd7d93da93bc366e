import { check, checkNumber } from "../errors.js";
import { formatShape } from "../tensor.js";
import { LANES, type Place } from "./layout.js";
import { float, type Op, type StepWriter } from "./op.js";
import { writeTotal } from "./total.js";

export interface CrossEntropyAttrs {
  /** Share of the target's probability that is spread over all classes. */
  readonly labelSmoothing: number;
}

const FLOPS = 40;

function constants(plan: StepWriter, { labelSmoothing }: CrossEntropyAttrs, n: number): Place {
  return plan.constants([float(labelSmoothing), float(1 / n)]);
}

/**
 * Mean cross entropy of softmax(logits) against class indices, as torch.nn.CrossEntropyLoss. Inputs: logits [n, k];
 * dense targets [n], whole numbers below k, which the caller checks. Gives a dense [].
 */
export const crossEntropy: Op<CrossEntropyAttrs> = {
  name: "crossEntropy",

  infer([logits, targets], { labelSmoothing }) {
    check(
      logits!.shape.length === 2,
      () =>
        `crossEntropy: the scores have shape ${formatShape(logits!.shape)}, but they must be [n, classes]. ` +
        "Put flatten() or a global pooling before the loss.",
    );
    check(
      targets!.form === "dense" && targets!.elements === logits!.shape[0],
      () =>
        `crossEntropy: the scores ${formatShape(logits!.shape)} need one class index for each of the ` +
        `${logits!.shape[0]} images, not targets of shape ${formatShape(targets!.shape)}.`,
    );
    checkNumber("crossEntropy: labelSmoothing", labelSmoothing, { min: 0, max: 1 });
    return [{ shape: [], form: "dense" }];
  },

  gradient: (graph, node, [grad]) => [
    graph.add(crossEntropyGradInput, [...node.inputs, grad!], node.attrs),
    null,
  ],

  steps(node, plan) {
    const [logits, targets] = node.inputs;
    const view = plan.view(logits!);
    const partial = plan.scratch(2 * view.n);
    const args = [partial, view, plan.place(targets!), constants(plan, node.attrs, view.n)];
    plan.step("crossEntropy", view.n, args, view.blocks * LANES * FLOPS);
    writeTotal(plan, plan.place(node.outputs[0]!), partial, view.n, 1 / view.n);
  },
};

/** Inputs: logits, targets, the loss's gradient [] or null for 1. */
const crossEntropyGradInput: Op<CrossEntropyAttrs> = {
  name: "crossEntropyGradInput",
  infer: ([logits]) => [{ shape: logits!.shape }],
  steps(node, plan) {
    const [logits, targets, grad] = node.inputs;
    const view = plan.view(logits!);
    const dx = plan.view(node.outputs[0]!);
    const rest = [plan.place(targets!), grad ? plan.place(grad) : 0, constants(plan, node.attrs, view.n)];
    plan.step("crossEntropyGradInput", view.n, [dx, view, ...rest], view.blocks * LANES * FLOPS);
  },
};
