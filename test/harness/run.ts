// For ops with an effect or several outputs, which testOp has no room for.

import { Graph } from "../../src/graph/graph.js";
import { Plan } from "../../src/graph/plan.js";
import type { Form, Value } from "../../src/ops/op.js";
import type { Shape } from "../../src/tensor.js";
import { runtimes } from "./op.js";
import { assert } from "./suite.js";

export interface Input {
  readonly shape: Shape;
  readonly form?: Form;
  readonly data: ArrayLike<number>;
}

/** A dense input of one dimension, unless a shape says otherwise. */
export function dense(data: ArrayLike<number>, shape: Shape = [data.length]): Input {
  return { shape, form: "dense", data };
}

/**
 * Runs the graph once on every build, in one range and in two, which must give the same bits. Hands the outputs of each
 * build to `verify`. What an effect changed is an output too: return the input.
 */
export function runOnBuilds<I extends string, O extends string>(
  inputs: Readonly<Record<I, Input>>,
  build: (graph: Graph, values: Readonly<Record<I, Value>>) => Readonly<Record<O, Value>>,
  verify: (outputs: Readonly<Record<O, Float32Array>>, build: string) => void,
): void {
  const entries = Object.entries(inputs) as [I, Input][];
  for (const { name, whole, split } of runtimes) {
    const [once, again] = [whole, split].map((on) => {
      const graph = new Graph();
      const values = Object.fromEntries(
        entries.map(([key, { shape, form }]) => [
          key,
          form === "dense" ? graph.denseInput(key, shape) : graph.input(key, shape),
        ]),
      ) as Record<I, Value>;
      const outputs = new Map(Object.entries<Value>(build(graph, values)));
      const plan = new Plan(on, graph, { outputs, bound: new Map(), trains: () => true }, "test");
      try {
        const feeds = entries.map(([key, { data }]) => [key, Float32Array.from(data)]);
        const results = Object.entries(plan.runSync(Object.fromEntries(feeds), null));
        return Object.fromEntries(results.map(([key, { data }]) => [key, data])) as Record<O, Float32Array>;
      } finally {
        plan.dispose();
      }
    });
    for (const key in once) {
      // As bits: NaN is the same as NaN.
      const [bits, others] = [once, again!].map((outputs) => new Uint32Array(outputs[key].buffer));
      assert.equal(others, bits, `${name}: ${key} depends on how the work is cut`);
    }
    verify(once!, name);
  }
}
