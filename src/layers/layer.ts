import { check, checkIs, checkNumber, FeatureMapError } from "../errors.js";
import type { Graph } from "../graph/graph.js";
import { add } from "../ops/add.js";
import { blocked } from "../ops/blocked.js";
import { concat } from "../ops/concat.js";
import { multiply } from "../ops/multiply.js";
import type { Op, Value } from "../ops/op.js";
import { formatShape, type Shape, type Tensor } from "../tensor.js";
import type { Init } from "./init.js";
import type { Store } from "./store.js";

/** A piece of a network: options and parameters, without memory of its own. The same object describes any number of models. */
export interface Layer {
  /** torch's name of the module, such as "Conv2d". */
  readonly type: string;
  /** Adds the layer to the graph behind `x` and returns its output. */
  apply(scope: Scope, x: Value): Value;
}

/** One layer as it was traced, for summaries and taps. */
export interface LayerRecord {
  /** Path of names, as in torch's state_dict: "features.0". */
  readonly name: string;
  readonly type: string;
  readonly input: Value;
  readonly output: Value;
  /** It has layers inside. */
  readonly composite: boolean;
}

/** Scores besides the output that training makes good too (the auxiliary classifiers of Szegedy et al., 2015). */
export interface Auxiliary {
  readonly name: string;
  /** Of the output's shape. */
  readonly scores: Value;
  /** Its loss counts this much beside that of the output. */
  readonly weight: number;
}

/** The trace cannot go on without the values of an input. */
export class UnknownContent extends FeatureMapError {}

/** Where a layer finds itself while a network is traced: the graph, its name, its weights. */
export class Scope {
  readonly graph: Graph;
  /** Dropout drops and batch normalisation takes the statistics of the batch. */
  readonly training: boolean;
  readonly path: string;
  readonly #trace: TraceState;

  constructor(trace: TraceState, path = "") {
    this.#trace = trace;
    this.graph = trace.graph;
    this.training = trace.training;
    this.path = path;
  }

  /** A trained tensor of this layer. `name` as in torch: "weight", "bias". */
  parameter(name: string, shape: Shape, init: Init): Value {
    return this.#weight(name, shape, "parameter", init);
  }

  /** A tensor that belongs to the model's state but is not trained, such as running statistics. */
  buffer(name: string, shape: Shape, init: Init): Value {
    return this.#weight(name, shape, "buffer", init);
  }

  /** Adds an op. Optional inputs that are absent are null. */
  op<A>(op: Op<A>, inputs: readonly (Value | null)[], attrs: A): Value {
    return this.graph.add(op, inputs, attrs);
  }

  /** a + b, where b may have one pixel for each channel, [n, c, 1, 1], or be a parameter [c]. */
  add(a: Value, b: Value): Value {
    return this.op(add, [a, this.#activation(b, a)], {});
  }

  /** a b, element by element, where b may have one pixel for each channel, or be a parameter [c]. */
  multiply(a: Value, b: Value): Value {
    return this.op(multiply, [a, this.#activation(b, a)], {});
  }

  /** The channels of the values one after the other. */
  concat(...values: Value[]): Value {
    return this.op(concat, values, {});
  }

  /** Applies a layer inside this one, under a name of its own. The same name and layer twice share their weights. */
  child(name: string, layer: Layer, x: Value): Value {
    const path = this.path ? `${this.path}.${name}` : name;
    const before = this.#trace.records.length;
    const output = this.graph.within(path, () => applyLayer(layer, new Scope(this.#trace, path), x));
    const composite = this.#trace.records.length > before;
    this.#trace.records.splice(before, 0, { name: path, type: layer.type, input: x, output, composite });
    return output;
  }

  /** Another input of a network that has several, by name; as a tensor where its values decide shapes. */
  input(name: string): Value | Tensor {
    const given = this.#trace.inputs.get(name);
    if (given) return given;
    throw new UnknownContent(
      `The shapes in this network depend on the values of its input "${name}". Give it with the others, to predict.`,
    );
  }

  /** Makes a value another output of the network, beside the one it gives back. */
  output(name: string, value: Value): void {
    this.#trace.outputs.set(name, value);
  }

  /**
   * In training, the loss of these scores, [n, classes], is added `weight` times to the gradient. Otherwise nothing
   * computes them.
   */
  auxiliary(name: string, scores: Value, weight: number): void {
    checkNumber(`auxiliary "${name}": the weight`, weight, { above: 0 });
    check(
      scores.shape.length === 2,
      () =>
        `auxiliary "${name}": the scores have shape ${formatShape(scores.shape)}, but they must be [n, classes].`,
    );
    this.#trace.auxiliaries.push({ name, scores, weight });
  }

  /** Randomness of a run, [seed, step], for dropout; and a number that tells its users apart. */
  random(): { value: Value; salt: number } {
    this.#trace.random ??= this.graph.denseInput("random", [2]);
    return { value: this.#trace.random, salt: this.#trace.salts++ };
  }

  /** A parameter as an activation beside `like`: [c] becomes [1, c, 1, 1]. */
  #activation(value: Value, like: Value): Value {
    if (value.form === "blocked" || like.form === "dense") return value;
    const { shape } = value;
    const pixels = like.shape.slice(2).map(() => 1);
    return this.op(blocked, [value], { shape: shape.length === 1 ? [1, shape[0]!, ...pixels] : shape });
  }

  #weight(name: string, shape: Shape, kind: "parameter" | "buffer", init: Init): Value {
    const full = this.path ? `${this.path}.${name}` : name;
    this.#trace.store.declare(full, shape, kind, init);
    const known = this.#trace.weights.get(full);
    if (known) return known;
    const value = this.graph.weight(full, shape, kind);
    this.#trace.weights.set(full, value);
    return value;
  }
}

/** Applies a layer, and throws unless it gives a value back. */
export function applyLayer(layer: Layer, scope: Scope, x: Value): Value {
  const output = layer.apply(scope, x);
  const isValue = typeof output === "object" && output !== null && "origin" in output;
  checkIs(
    isValue,
    `${layer.type}: what its function gives back`,
    output,
    "its output, as scope.op(...) gives it",
  );
  return output;
}

/** What a trace gathers. */
export interface TraceState {
  readonly graph: Graph;
  readonly training: boolean;
  readonly store: Store;
  readonly weights: Map<string, Value>;
  readonly records: LayerRecord[];
  readonly inputs: ReadonlyMap<string, Value | Tensor>;
  readonly outputs: Map<string, Value>;
  readonly auxiliaries: Auxiliary[];
  random: Value | undefined;
  salts: number;
}

/**
 * A layer of your own, from a function. A gate on the channels (Hu et al., 2018):
 * `custom("Gate", (scope, x) => scope.multiply(x, scope.child("gate", sequential([globalAvgPool2d(), ..., sigmoid()]), x)))`.
 */
export function custom(type: string, apply: (scope: Scope, x: Value) => Value): Layer {
  checkIs(typeof type === "string", "custom: the type", type, 'a name, such as "Gate"');
  checkIs(typeof apply === "function", "custom: the second argument", apply, "a function, (scope, x) => ...");
  return { type, apply };
}
