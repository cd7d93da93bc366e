// How a function becomes a graph that runs at once.

import { check } from "../errors.js";
import { evaluate } from "../graph/evaluate.js";
import type { Graph } from "../graph/graph.js";
import type { Form, Value } from "../ops/op.js";
import { formatShape, type Nested, Tensor, tensor } from "../tensor.js";

/** A tensor, or the nested arrays to make one of. */
export type Input = Tensor | Nested | Float32Array;

/** The tensor, or one made of the arrays. */
export function toTensor(input: Input): Tensor {
  return input instanceof Tensor ? input : tensor(input as Nested);
}

/** Runs one op on operands; null ones are left out. */
export function run(
  operands: readonly (readonly [Tensor | null, Form])[],
  build: (graph: Graph, values: (Value | null)[]) => Value,
): Tensor {
  const present = operands.flatMap(([value, form]) => (value ? [{ tensor: value, form }] : []));
  const [result] = evaluate(present, (graph, values) => {
    let next = 0;
    return [
      build(
        graph,
        operands.map(([value]) => (value ? values[next++]! : null)),
      ),
    ];
  });
  return result!;
}

/** Adds the dimensions in front that a function of rank `full` lacks; returns what takes them off again. */
export function unsqueeze(
  what: string,
  x: Tensor,
  full: number,
): { x: Tensor; squeeze: (y: Tensor) => Tensor } {
  const missing = full - x.shape.length;
  check(
    missing >= 0 && missing <= 2,
    () =>
      `${what}: the input has shape ${formatShape(x.shape)}; it must have ${full - 2} to ${full} dimensions.`,
  );
  return {
    x: x.reshape(...Array<number>(missing).fill(1), ...x.shape),
    squeeze: (y) => {
      const extra = y.shape.slice(0, missing);
      // A bare image may become several channels, which then have to stay.
      const off = extra.findIndex((size) => size !== 1);
      return y.reshape(...y.shape.slice(off < 0 ? missing : off));
    },
  };
}

/** An op on one tensor of at least two dimensions and any sizes. */
export function spatial(
  what: string,
  full: number,
  input: Input,
  build: (graph: Graph, x: Value) => Value,
): Tensor {
  const { x, squeeze } = unsqueeze(what, toTensor(input), full);
  return squeeze(run([[x, "blocked"]], (graph, [value]) => build(graph, value!)));
}
