import { check } from "../errors.js";
import { add } from "../ops/add.js";
import type { Value } from "../ops/op.js";
import type { Graph } from "./graph.js";

/**
 * Adds the backward pass to the graph. `seeds` gives the gradient at the values it starts from, or null for a loss,
 * whose gradient is 1. Returns the gradient of each value in `wrt` that they depend on.
 */
export function backward(
  graph: Graph,
  seeds: ReadonlyMap<Value, Value | null>,
  wrt: readonly Value[],
): Map<Value, Value> {
  // Values on a way from wrt to a seed: the others need no gradient.
  const depends = new Set<Value>(wrt);
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => input && depends.has(input)))
      for (const output of node.outputs) depends.add(output);
  }

  const grads = new Map<Value, Value | null>(seeds);
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => grads.has(output) && depends.has(output))) continue;
    const needed = node.inputs.map((input) => input !== null && depends.has(input));
    if (!needed.some(Boolean)) continue;
    const { gradient } = node.op;
    check(gradient, () => `Layer "${node.name}": ${node.op.name} has no gradient.`);
    const outputs = node.outputs.map((output) => grads.get(output) ?? null);
    const inputs = graph.within(node.name, () => gradient(graph, node, outputs, needed));
    node.inputs.forEach((input, i) => {
      const part = inputs[i];
      if (!input || !needed[i] || !part) return;
      const before = grads.get(input);
      grads.set(input, before ? graph.within(node.name, () => graph.add(add, [before, part], {})) : part);
    });
  }
  const result = new Map<Value, Value>();
  for (const value of wrt) {
    const grad = grads.get(value);
    if (grad) result.set(value, grad);
  }
  return result;
}
