import { FeatureMapError } from "../errors.js";
import { Graph } from "../graph/graph.js";
import type { Storage } from "../ops/layout.js";
import type { Value } from "../ops/op.js";
import { sameShape } from "../ops/shape.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";
import {
  type Auxiliary,
  applyLayer,
  type Layer,
  type LayerRecord,
  Scope,
  type TraceState,
  UnknownContent,
} from "./layer.js";
import { addInput, type Given, type Port, shapeOfOne } from "./ports.js";
import type { Store } from "./store.js";

/** The input of a network that has none of its own; nothing reads it. */
export const UNUSED = "nothing";

/** A network traced for an input shape: the graph, and what its ends and layers are. */
export interface Outline {
  readonly graph: Graph;
  readonly input: Value;
  readonly output: Value;
  /** All outputs by name, the network's own first. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** Other scores that training makes good too. */
  readonly auxiliaries: readonly Auxiliary[];
  readonly records: readonly LayerRecord[];
  /** Parameters and buffers by name. */
  readonly weights: ReadonlyMap<string, Value>;
}

/** The same of a network whose weights have their places. */
export interface Trace extends Outline {
  /** Where the weights lie. */
  readonly bound: Map<Value, Storage>;
}

/** Makes graphs of a network, for any input shapes; its weights are declared in a store. */
export class Tracer {
  readonly #network: Layer;
  readonly #ports: readonly Port[];
  readonly #outputName: string;
  readonly #store: Store;

  /** `outputName`: of what the network gives back. */
  constructor(network: Layer, ports: readonly Port[], outputName: string, store: Store) {
    this.#network = network;
    this.#ports = ports;
    this.#outputName = outputName;
    this.#store = store;
  }

  /**
   * The graph for a whole input shape; for several inputs, by name, with the contents of those that decide shapes. Inputs
   * that are left out have the shape that the model was built for.
   */
  record(given: Shape | Given, training: boolean): Outline {
    const graph = new Graph();
    const inputs = this.#inputs(graph, given);
    const state: TraceState = {
      graph,
      training,
      store: this.#store,
      weights: new Map(),
      records: [],
      inputs,
      outputs: new Map(),
      auxiliaries: [],
      random: undefined,
      salts: 0,
    };
    const input =
      [...inputs.values()].find((one): one is Value => !(one instanceof Tensor)) ??
      graph.denseInput(UNUSED, [1]);
    const output = this.#apply(new Scope(state), input);
    const { records, weights, auxiliaries } = state;
    const outputs = new Map([[this.#outputName, output], ...state.outputs]);
    return { graph, input, output, outputs, auxiliaries, records, weights };
  }

  /** The same with the places of the weights, once they are allocated. */
  trace(given: Shape | Given, training: boolean): Trace {
    const recorded = this.record(given, training);
    const bound = new Map<Value, Storage>();
    for (const [name, value] of recorded.weights) {
      const { offset } = this.#store.entries.get(name)!;
      bound.set(value, this.#store.storage(name, offset, sizeOf(value.shape)));
    }
    return { ...recorded, bound };
  }

  /**
   * Shape of one output, without the batch; empty where it depends on the contents of an input. The first trace: it
   * declares the weights.
   */
  outputShape(): Shape {
    try {
      const { output } = this.record({}, false);
      return this.#ports[0]?.batch === false ? output.shape : output.shape.slice(1);
    } catch (error) {
      if (error instanceof UnknownContent) return [];
      throw error;
    }
  }

  #inputs(graph: Graph, given: Shape | Given): Map<string, Value | Tensor> {
    const inputs = new Map<string, Value | Tensor>();
    this.#ports.forEach((port, i) => {
      const one = isShape(given) ? (i === 0 ? given : undefined) : given[port.name];
      if (one instanceof Tensor) inputs.set(port.name, one);
      else if (!port.content) inputs.set(port.name, addInput(graph, port, one ?? port.shape));
    });
    return inputs;
  }

  #apply(scope: Scope, input: Value): Value {
    try {
      return applyLayer(this.#network, scope, input);
    } catch (error) {
      const given = input.shape.slice(1);
      const [port] = this.#ports;
      const built = port && this.#ports.length === 1 ? shapeOfOne(port) : given;
      if (!(error instanceof FeatureMapError) || sameShape(given, built)) throw error;
      throw new FeatureMapError(
        `The model was built for inputs of shape ${formatShape(built)}; one of ${formatShape(given)} does not ` +
          `fit: ${error.message}`,
        { cause: error },
      );
    }
  }
}

const isShape = (given: Shape | Given): given is Shape => Array.isArray(given);
