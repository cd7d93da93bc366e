import { check, FeatureMapError } from "../errors.js";
import { backward } from "../graph/backward.js";
import { type Graph, producer } from "../graph/graph.js";
import { Plan } from "../graph/plan.js";
import type { Model, Trace } from "../layers/model.js";
import { blocked, dense } from "../ops/blocked.js";
import { logSoftmax } from "../ops/log-softmax.js";
import type { Value } from "../ops/op.js";
import { reshape } from "../ops/reshape.js";
import { softmax } from "../ops/softmax.js";
import { type Shape, sizeOf, Tensor } from "../tensor.js";

/** Values of a run, and the derivatives of the number that was looked into, by layer; "" is the input. */
export interface Probed {
  /** What the number is made from: the output before softmax, or a layer's output. */
  readonly value: Tensor;
  readonly values: Readonly<Record<string, Tensor>>;
  readonly gradients: Readonly<Record<string, Tensor>>;
}

/**
 * A network made ready to give derivatives, as often as wanted: of a weighted sum of one value, with respect to the input
 * and to layers' outputs. The weights of the sum, the seed, are an input of each run. The network evaluates: dropout
 * passes, batch normalisation uses its running statistics. Holds WebAssembly memory until disposed of.
 */
export class Probe {
  /** Of the value, batch included. */
  readonly shape: Shape;
  readonly #model: Model;
  readonly #at: ReadonlyMap<string, Shape>;
  readonly #plan: Plan;
  readonly #port: string;

  /**
   * @param shape of the input, batch included
   * @param layer whose output is looked into; undefined is the model's own, before softmax
   * @param at layers whose values and derivatives are wanted; "" is the input. Where there are none, only the value is computed
   */
  constructor(what: string, model: Model, shape: Shape, layer: string | undefined, at: readonly string[]) {
    check(
      model.ports.length === 1,
      () => `${what}: the network has ${model.ports.length} inputs; only those with one can be looked into.`,
    );
    this.#model = model;
    this.#port = model.ports[0]!.name;
    const trace = model.trace(shape, false);
    const { graph, bound } = trace;
    const value = layer === undefined ? scoresOf(trace) : layerOf(what, trace, layer);
    const places = new Map(
      at.map((name) => [name, name === "" ? trace.input : layerOf(what, trace, name)] as const),
    );
    const gradients =
      places.size === 0
        ? new Map<Value, Value>()
        : backward(graph, new Map([[value, seedFor(graph, value)]]), [...places.values()]);
    const outputs = new Map<string, Value>([["value", value]]);
    for (const [name, place] of places) {
      outputs.set(`value ${name}`, place);
      const gradient = gradients.get(place);
      if (gradient) outputs.set(`gradient ${name}`, gradient);
    }
    this.shape = value.shape;
    this.#at = new Map([...places].map(([name, place]) => [name, place.shape]));
    this.#plan = new Plan(
      model.runtime,
      graph,
      { ...model.planning, outputs, bound },
      `${what}: derivatives`,
    );
  }

  /** One run. `seed` has a weight for each number of the value; it is not needed where there are no derivatives. */
  async run(input: Tensor, seed?: Float32Array): Promise<Probed> {
    const feeds = { [this.#port]: input.data, ...(seed && { [SEED]: seed }) };
    const results = await this.#plan.run(feeds, this.#model);
    const named = (kind: string): Record<string, Tensor> =>
      Object.fromEntries(
        // Nothing leads from there to the value: its derivatives are 0.
        [...this.#at].map(([name, shape]) => [
          name,
          results[`${kind} ${name}`] ?? new Tensor(new Float32Array(sizeOf(shape)), shape),
        ]),
      );
    return { value: results.value!, values: named("value"), gradients: named("gradient") };
  }

  dispose(): void {
    this.#plan.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

const SEED = "seed of the derivatives";

function seedFor(graph: Graph, { form, shape }: Value): Value {
  return form === "dense" ? graph.denseInput(SEED, shape) : graph.input(SEED, shape);
}

/** Ops that leave the numbers as they are. */
const passing: ReadonlySet<unknown> = new Set([reshape, blocked, dense]);

/**
 * The output, before the softmax, or its logarithm, where the network ends in one: a class's probability also changes with
 * other scores.
 */
function scoresOf({ output }: Trace): Value {
  let last = producer(output);
  while (last && passing.has(last.op)) last = producer(last.inputs[0]!);
  return last?.op === softmax || last?.op === logSoftmax ? last.inputs[0]! : output;
}

/** The output of a layer. */
export function layerOf(what: string, { records }: Trace, layer: string): Value {
  const record = records.find(({ name }) => name === layer);
  if (record) return record.output;
  throw new FeatureMapError(
    `${what}: the model has no layer "${layer}". Its layers are: ${records.map(({ name }) => name).join(", ")}.`,
  );
}
