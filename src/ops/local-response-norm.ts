import { checkCount, checkNumber } from "../errors.js";
import { LANES, type Place, type View } from "./layout.js";
import { float, type Op, type StepWriter } from "./op.js";
import { checkRank } from "./shape.js";

export interface LocalResponseNormAttrs {
  /** Channels of a neighbourhood: floor(size / 2) before the channel, the others from it on. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

/** Throws unless the numbers make sense. */
export function checkLocalResponseNorm({ size, ...numbers }: LocalResponseNormAttrs): void {
  checkCount("localResponseNorm: size", size);
  for (const [name, value] of Object.entries(numbers)) checkNumber(`localResponseNorm: ${name}`, value);
}

/** Neighbours beyond all channels are not looked for. */
function constants(plan: StepWriter, { size, alpha, beta, k }: LocalResponseNormAttrs, { c }: View): Place {
  const before = Math.floor(size / 2);
  const [least, most] = [Math.min(before, c), Math.min(size - 1 - before, c)];
  return plan.constants([least, most, float(alpha / size), float(beta), float(k)]);
}

/** How many neighbours are looked for, at most. */
const near = ({ size }: LocalResponseNormAttrs, { c }: View): number => Math.min(size, 2 * c + 1);

const rows = (view: View): number => view.n * view.blocks * view.h;

/** y = x / (k + alpha / size * sum of the squares of `size` neighbouring channels)^beta, as in torch. */
export const localResponseNorm: Op<LocalResponseNormAttrs> = {
  name: "localResponseNorm",

  infer([x], attrs) {
    checkRank("localResponseNorm", x!, [3, 4], "[n, c, h, w] or [n, c, l]");
    checkLocalResponseNorm(attrs);
    return [{ shape: x!.shape }];
  },

  gradient: (graph, node, [dy]) => [
    graph.add(localResponseNormGradInput, [dy!, node.inputs[0]!], node.attrs),
  ],

  steps(node, plan) {
    const out = plan.view(node.outputs[0]!);
    const x = plan.view(node.inputs[0]!);
    const flops = out.w * LANES * (20 + 4 * near(node.attrs, out));
    plan.step("localResponseNorm", rows(out), [out, x, constants(plan, node.attrs, out)], flops);
  },
};

const localResponseNormGradInput: Op<LocalResponseNormAttrs> = {
  name: "localResponseNormGradInput",
  infer: ([dy]) => [{ shape: dy!.shape }],
  steps(node, plan) {
    const dx = plan.view(node.outputs[0]!);
    const [dy, x] = node.inputs.map((value) => plan.view(value!)) as [View, View];
    const t = plan.scratchView(dx.n, dx.c, dx.h, dx.w);
    const geometry = constants(plan, node.attrs, dx);
    const flops = 4 * near(node.attrs, dx);
    plan.step("localResponseNormShare", rows(dx), [dx, t, dy, x, geometry], dx.w * LANES * (25 + flops));
    plan.step("localResponseNormGradInput", rows(dx), [dx, t, x, geometry], dx.w * LANES * flops);
  },
};
