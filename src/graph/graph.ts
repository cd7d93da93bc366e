import { FeatureMapError } from "../errors.js";
import type { GraphWriter, Node, Op, OutputSpec, Source, Value } from "../ops/op.js";
import { sameShape } from "../ops/shape.js";
import { type Shape, sizeOf } from "../tensor.js";

/** What is computed: nodes in an order in which each comes after what it needs. */
export class Graph implements GraphWriter {
  readonly nodes: Node[] = [];
  readonly values: Value[] = [];
  readonly #inputs = new Map<string, Value>();
  #layer = "";

  /** Nodes added by `work` belong to this layer, and so do its errors, unless a layer inside has claimed them. */
  within<T>(layer: string, work: () => T): T {
    const outer = this.#layer;
    this.#layer = layer;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof FeatureMapError) || error.message.startsWith('Layer "')) throw error;
      throw new FeatureMapError(`Layer "${layer}": ${error.message}`);
    } finally {
      this.#layer = outer;
    }
  }

  /** A blocked value that is fed from outside. The same name and shape twice is the same input. */
  input(name: string, shape: Shape): Value {
    return this.#input(name, { shape });
  }

  /** Numbers that are fed from outside as they are, such as the targets of a loss. */
  denseInput(name: string, shape: Shape): Value {
    return this.#input(name, { shape, form: "dense" });
  }

  /** A parameter or buffer of the model. */
  weight(name: string, shape: Shape, source: "parameter" | "buffer"): Value {
    return this.#value(name, { shape, form: "dense" }, source);
  }

  add<A>(op: Op<A>, inputs: readonly (Value | null)[], attrs: A): Value {
    return this.addAll(op, inputs, attrs)[0]!;
  }

  addAll<A>(op: Op<A>, inputs: readonly (Value | null)[], attrs: A): readonly Value[] {
    const name = this.#layer || op.name;
    const specs = op.infer(inputs, attrs);
    const outputs: Value[] = [];
    const node: Node<A> = { op, inputs, outputs, attrs, name };
    specs.forEach((spec, i) => {
      outputs.push(
        this.#value(specs.length > 1 ? `${name}.${op.name}:${i}` : `${name}.${op.name}`, spec, node),
      );
    });
    this.nodes.push(node);
    return outputs;
  }

  #input(name: string, spec: OutputSpec): Value {
    const known = this.#inputs.get(name);
    const isSame = known && known.form === (spec.form ?? "blocked") && sameShape(known.shape, spec.shape);
    const value = isSame ? known : this.#value(name, spec, "input");
    this.#inputs.set(name, value);
    return value;
  }

  #value(name: string, spec: OutputSpec, origin: Node | Source): Value {
    const { shape, form = "blocked", elements = sizeOf(shape) } = spec;
    const value: Value = { id: this.values.length, name, shape, form, elements, origin };
    this.values.push(value);
    return value;
  }
}

/** The node that computes a value, if one does. */
export function producer(value: Value): Node | null {
  return typeof value.origin === "string" ? null : value.origin;
}

/** The nodes that the given values, or any effect, depend on, in order. */
export function neededNodes(graph: Graph, outputs: readonly Value[]): Node[] {
  const wanted = new Set<Value>(outputs);
  const kept: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.op.effect && !node.outputs.some((output) => wanted.has(output))) continue;
    kept.push(node);
    for (const input of node.inputs) if (input) wanted.add(input);
  }
  return kept.reverse();
}
