import { batchNorm } from "../ops/batch-norm.js";
import { conv2d, kernelSize } from "../ops/conv2d.js";
import type { Node } from "../ops/op.js";
import { type Shape, sizeOf } from "../tensor.js";

/**
 * Where a layer's parameters come from, in numbers: (5 * 5 * 1 + 1) * 6 = 156 for 5 x 5 kernels over 1 channel, with a
 * bias, 6 of them. Undefined without parameters.
 * @param shapes of the parameters that count as the layer's
 */
export function formulaOf(nodes: readonly Node[], shapes: readonly Shape[]): string | undefined {
  if (shapes.length === 0) return undefined;
  const count = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  const own = nodes.map(termOf).filter((term) => term !== undefined);
  const total = own.reduce((sum, { value }) => sum + value, 0);
  // A layer of one's own may use weights in any way: then, their sizes.
  const terms = total === count ? own.map(({ text }) => text) : shapes.map((shape) => product(shape));
  return `${terms.join(" + ")} = ${count}`;
}

interface Term {
  readonly text: string;
  readonly value: number;
}

const product = (numbers: readonly number[]): string => numbers.join(" * ") || "1";

function termOf({ op, inputs, attrs }: Node): Term | undefined {
  const [x, weight, bias] = inputs;
  const kernels = op === conv2d || op.name === "linear" || op.name === "convTranspose2d";
  if (kernels && weight) {
    const turned = op.name === "convTranspose2d";
    const groups: number = attrs.groups;
    const ins = x!.shape[1]!;
    const outs = turned ? weight.shape[1]! * groups : weight.shape[0]!;
    const taps =
      weight.shape.length === 2
        ? []
        : weight.shape.length === 3
          ? [weight.shape[2]!]
          : kernelSize(weight.shape);
    const seen = groups === 1 || groups === ins ? `${ins / groups}` : `${ins} / ${groups}`;
    const each = [...taps, seen].join(" * ");
    const value = (sizeOf(taps) * (ins / groups) + (bias ? 1 : 0)) * outs;
    return { text: `${bias ? `(${each} + 1)` : each} * ${outs}`, value };
  }
  if (op === batchNorm) {
    const learned = [weight, bias].filter((value) => value?.origin === "parameter").length;
    const c = x!.shape[1]!;
    return learned === 0 ? undefined : { text: `${learned} * ${c}`, value: learned * c };
  }
  return undefined;
}
