import type { Form, Value } from "../ops/op.js";
import type { Tensor } from "../tensor.js";
import { type Runtime, runtime } from "../wasm/runtime.js";
import { Graph } from "./graph.js";
import { Plan } from "./plan.js";

/** An operand: a tensor and how it enters the graph (weights and vectors are dense). */
export interface Operand {
  readonly tensor: Tensor;
  readonly form: Form;
}

/** Builds a small graph on the operands, runs it once on the calling thread and forgets it. */
export function evaluate(
  operands: readonly Operand[],
  build: (graph: Graph, values: Value[]) => readonly Value[],
  on: Runtime = runtime(),
): Tensor[] {
  const graph = new Graph();
  const values = operands.map(({ tensor, form }, i) =>
    form === "dense" ? graph.denseInput(`${i}`, tensor.shape) : graph.input(`${i}`, tensor.shape),
  );
  const outputs = build(graph, values);
  const named = new Map(outputs.map((value, i) => [`${i}`, value]));
  const plan = new Plan(
    on,
    graph,
    { outputs: named, bound: new Map(), trains: () => true },
    "This operation",
  );
  try {
    const results = plan.runSync(
      Object.fromEntries(operands.map(({ tensor }, i) => [`${i}`, tensor.data])),
      null,
    );
    return outputs.map((_, i) => results[`${i}`]!);
  } finally {
    plan.dispose();
  }
}
