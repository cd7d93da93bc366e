import { check, checkNumber } from "../errors.js";
import { formatShape } from "../tensor.js";
import { float, type Op } from "./op.js";
import { writeRows } from "./rows.js";

export interface DropoutAttrs {
  /** Probability of an element to be zeroed. */
  readonly p: number;
  /** A whole number that tells the dropouts of a network apart. */
  readonly salt: number;
}

const RANDOM_RANGE = 2 ** 31;

/**
 * Zeroes each element with probability p and multiplies the others by 1 / (1 - p). Inputs: x; dense [seed, step], whole
 * numbers below 2^24. The mask is a function of these, the salt and the element's place.
 */
export const dropout: Op<DropoutAttrs> = {
  name: "dropout",

  infer([x, random], { p, salt }) {
    checkNumber("dropout: p", p, { min: 0, max: 1 });
    check(Number.isInteger(salt), () => `dropout: salt is ${salt}; it must be a whole number.`);
    check(
      random!.form === "dense" && random!.elements === 2,
      () =>
        `dropout: the random state has shape ${formatShape(random!.shape)}, but it must be [2]: seed and step.`,
    );
    return [{ shape: x!.shape }];
  },

  gradient: (graph, node, [dy]) => [graph.add(dropout, [dy!, node.inputs[1]!], node.attrs), null],

  steps(node, plan) {
    const [x, random] = node.inputs;
    const { p, salt } = node.attrs;
    const constants = plan.constants([
      salt,
      Math.round(p * RANDOM_RANGE) - 1,
      float(p < 1 ? 1 / (1 - p) : 0),
    ]);
    const views = [plan.view(node.outputs[0]!), plan.view(x!)];
    writeRows(plan, "dropout", views, [plan.place(random!), constants], 5);
  },
};
