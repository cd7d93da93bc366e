import type { KernelName } from "../../build/wasm/kernels.js";
import { checkBroadcast, unbroadcast } from "./broadcast.js";
import { like } from "./elementwise.js";
import type { GraphWriter, Node, Op, Value } from "./op.js";
import { writeElements } from "./rows.js";

/** An application of an op with two operands. */
export interface BinaryNode {
  readonly a: Value;
  readonly b: Value;
  readonly y: Value;
}

/** What an op is that maps pairs of elements. */
export interface Binary {
  /** Name of the op and of its kernel: (out, a, b). */
  readonly name: KernelName;
  /** Rough operations per element, for sharing between threads. */
  readonly flops: number;
  /** The gradient of a. */
  readonly gradA: (graph: GraphWriter, dy: Value, node: BinaryNode) => Value;
  /** The gradient of b as if it were not repeated. */
  readonly gradB: (graph: GraphWriter, dy: Value, node: BinaryNode) => Value;
}

/**
 * An op that maps pairs of elements. b has the shape of a or, of activations, one pixel for each channel, [n, c, 1, 1]
 * or [1, c, 1, 1], which is repeated.
 */
export function binary({ name, flops, gradA, gradB }: Binary): Op<object> {
  return {
    ...pairwise(name, flops),
    infer([a, b]) {
      checkBroadcast(name, a!, b!);
      return [like(a!)];
    },
    gradient(graph, { inputs, outputs }: Node<object>, [dy], needed) {
      const [a, b] = inputs as [Value, Value];
      const node = { a, b, y: outputs[0]! };
      return [
        needed[0] ? gradA(graph, dy!, node) : null,
        needed[1] ? unbroadcast(graph, gradB(graph, dy!, node), b.shape) : null,
      ];
    },
  };
}

/** An op that maps pairs of elements and stands only in a backward pass: (out, a, b) without a gradient. */
export function pairwise(name: KernelName, flops: number): Op<object> {
  return {
    name,
    elementwise: true,
    infer: ([a]) => [like(a!)],
    steps({ inputs, outputs }, plan) {
      writeElements(plan, name, [...outputs, ...(inputs as Value[])], [], flops);
    },
  };
}
