import type { KernelName } from "../../build/wasm/kernels.js";
import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import type { Op, Value } from "./op.js";

/** Floats of a unit of a flat block. */
const UNIT = 4;

/** What an optimiser's op is, apart from its kernel. */
export interface UpdateSpec {
  /** Name of the op and of its kernel. */
  readonly name: KernelName;
  /** Flat blocks, of one size: parameters, gradients, and what the optimiser keeps. */
  readonly blocks: number;
  /** Hyper-parameters. */
  readonly hyper: number;
  /** Rough operations per element. */
  readonly flops: number;
}

/** An op that changes blocks in place. Its inputs: the blocks, the hyper-parameters, the scale of the gradients [1]. */
export function update({ name, blocks, hyper, flops }: UpdateSpec): Op<object> {
  return {
    name,
    effect: true,
    infer(inputs) {
      check(
        inputs.length === blocks + 2,
        () =>
          `${name}: there are ${inputs.length} inputs, but it takes ${blocks} blocks, hyper-parameters and a scale.`,
      );
      const [first, ...rest] = inputs.slice(0, blocks) as Value[];
      for (const block of rest) {
        check(
          block.elements === first!.elements,
          () =>
            `${name}: the block "${block.name}" has ${block.elements} floats, the parameters have ${first!.elements}.`,
        );
      }
      const [given, scale] = inputs.slice(blocks) as [Value, Value];
      check(
        given.elements === hyper && scale.elements === 1,
        () =>
          `${name}: hyper-parameters and scale have shapes ${formatShape(given.shape)} and ${formatShape(scale.shape)}; ` +
          `they must be [${hyper}] and [1].`,
      );
      return [];
    },
    steps(node, plan) {
      const units = Math.ceil(node.inputs[0]!.elements / UNIT);
      plan.step(
        name,
        units,
        node.inputs.map((value) => plan.place(value!)),
        flops * UNIT,
      );
    },
  };
}
