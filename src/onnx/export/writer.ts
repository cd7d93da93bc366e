import { check } from "../../errors.js";
import type { Node, Value } from "../../ops/op.js";
import { formatShape, type Shape, sizeOf } from "../../tensor.js";

/** An attribute of a node: a whole number, several, a string, or floats, which `float` of src/ops/op.ts marks. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

/** A node of the file. */
export interface OnnxNode {
  readonly name: string;
  readonly type: string;
  /** Names of values; empty where an optional input is absent. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A tensor of the file. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: Shape;
  readonly data: Float32Array | BigInt64Array;
}

/** What to do about a network that is not the same for every batch. */
export const FIX_BATCH = "Give the batch size that the file shall have: exportOnnx(model, { batch: 1 }).";

/** A node before things have their names: values are counted, and the layer is where the node's name comes from. */
interface Draft extends Omit<OnnxNode, "name"> {
  readonly layer: string;
}

/** What the writer asks about the model. */
export interface WriterOptions {
  readonly opset: number;
  /** The numbers of a parameter or buffer. */
  read(value: Value): Float32Array;
  /** Whether a dimension of a value follows the batch, which is not known when the file is written. */
  varies(value: Value, dimension: number): boolean;
  /** An input of the file whose first dimension is the batch, and the size of that in the graph. */
  readonly batch: { readonly input: string; readonly size: number } | null;
}

/** Gathers nodes and tensors while the rules of rules.ts write them, and names them at the end. */
export class Writer {
  readonly opset: number;
  readonly #options: WriterOptions;
  readonly #drafts: Draft[] = [];
  /** What values of the graph are called in the drafts. */
  readonly #names = new Map<Value, string>();
  readonly #tensors = new Map<string, OnnxTensor>();
  readonly #constants = new Map<string, string>();
  #layer = "";

  constructor(options: WriterOptions) {
    this.#options = options;
    this.opset = options.opset;
  }

  /** What follows belongs to this layer. */
  enter(layer: string): void {
    this.#layer = layer;
  }

  /** Names the layer in errors. */
  get where(): string {
    return `layer "${this.#layer}"`;
  }

  /** A value is known by this name from now on. */
  bind(value: Value, name: string): void {
    this.#names.set(value, name);
  }

  /** The name of a value; parameters and buffers become tensors of the file as they are asked for. */
  value(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const { origin, name, shape } = value;
    check(
      origin === "parameter" || origin === "buffer",
      () => `exportOnnx: ${this.where} reads "${name}", which the file cannot give it.`,
    );
    this.#tensors.set(name, { name, dims: shape, data: this.#options.read(value) });
    this.bind(value, name);
    return name;
  }

  /** The names of all inputs of a node of the graph. */
  inputs(node: Node): (string | null)[] {
    return node.inputs.map((value) => value && this.value(value));
  }

  /** The numbers of a parameter or buffer under another name and in another order, such as turned kernels. */
  rearranged(value: Value, suffix: string, rearrange: (data: Float32Array) => Float32Array): string {
    const { origin, shape } = value;
    check(
      origin === "parameter" || origin === "buffer",
      () => `exportOnnx: ${this.where} has weights that are computed; they must be parameters here.`,
    );
    const name = `${value.name}.${suffix}`;
    if (!this.#tensors.has(name)) {
      this.#tensors.set(name, { name, dims: shape, data: rearrange(this.#options.read(value)) });
    }
    return name;
  }

  /** Adds a node; returns the name of its output. An absent input is null. */
  node(
    type: string,
    inputs: readonly (string | null)[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    return this.nodes(type, inputs, attributes, 1)[0]!;
  }

  /** Adds a node of several outputs; returns their names. */
  nodes(
    type: string,
    inputs: readonly (string | null)[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: number,
  ): string[] {
    const given = inputs.map((name) => name ?? "");
    while (given.at(-1) === "") given.pop();
    const names = Array.from({ length: outputs }, (_, i) => `%${this.#drafts.length}:${i}`);
    this.#drafts.push({ layer: this.#layer, type, inputs: given, outputs: names, attributes });
    return names;
  }

  /** The node that a name in the drafts comes from, if one does. */
  made(name: string): Pick<OnnxNode, "type" | "inputs" | "attributes"> | undefined {
    return this.#drafts.find(({ outputs }) => outputs.includes(name));
  }

  /** Whole numbers that {@link integers} was given. */
  integersOf(name: string): number[] {
    return Array.from(this.#tensors.get(name)!.data, Number);
  }

  /** Whole numbers as an input of a node, in one dimension. */
  integers(values: readonly number[]): string {
    return this.#constant(
      [values.length],
      BigInt64Array.from(values, (value) => BigInt(value)),
    );
  }

  /** Numbers as an input of a node; a scalar without dimensions. */
  floats(values: ArrayLike<number>, dims: Shape = []): string {
    check(
      sizeOf(dims) === values.length,
      () => `exportOnnx: ${values.length} constants as ${formatShape(dims)}`,
    );
    return this.#constant(dims, Float32Array.from(values));
  }

  #constant(dims: Shape, data: Float32Array | BigInt64Array): string {
    const small = data.length <= 16;
    const key = small ? `${data instanceof Float32Array} [${dims}] ${data}` : `${this.#constants.size}`;
    let name = this.#constants.get(key);
    if (name === undefined) {
      name = `%constant:${this.#constants.size}`;
      this.#constants.set(key, name);
      this.#tensors.set(name, { name, dims, data });
    }
    return name;
  }

  /** The size of a dimension, or -1 where it follows the batch. */
  size(value: Value, dimension: number): number {
    return this.#options.varies(value, dimension) ? -1 : value.shape[dimension]!;
  }

  /** A size that is a multiple of the batch, in one dimension, as it is when the file runs. */
  batch(size: number): string {
    const { batch } = this.#options;
    check(
      batch && size % batch.size === 0,
      () => `exportOnnx: ${this.where} needs a size that follows the batch in a way that ONNX cannot tell.`,
    );
    const shape = this.node("Shape", [batch.input]);
    const n = this.node("Slice", [shape, this.integers([0]), this.integers([1])]);
    return size === batch.size ? n : this.node("Mul", [n, this.integers([size / batch.size])]);
  }

  /**
   * The nodes that the outputs need, and the tensors these need, with their names in the file: tensors those of the
   * weights, nodes those of their layers, values those of the nodes that compute them.
   */
  finish(
    inputs: readonly string[],
    outputs: ReadonlyMap<string, Value>,
  ): {
    nodes: OnnxNode[];
    tensors: OnnxTensor[];
  } {
    const names = new Map<string, string>();
    const taken = new Set([...inputs, ...outputs.keys()]);
    const free = (wanted: string): string => {
      let name = wanted;
      for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`;
      taken.add(name);
      return name;
    };
    for (const input of inputs) names.set(input, input);
    for (const [name, value] of outputs) {
      const draft = this.value(value);
      // An output that is an input, a tensor or another output needs a node to carry its name.
      const own = draft.startsWith("%") && !this.#tensors.has(draft) && !names.has(draft);
      names.set(own ? draft : this.node("Identity", [draft]), name);
    }

    const wanted = new Set([...names].flatMap(([draft, name]) => (outputs.has(name) ? [draft] : [])));
    const kept = [...this.#drafts]
      .reverse()
      .filter((draft) => {
        const needed = draft.outputs.some((name) => wanted.has(name));
        if (needed) for (const name of draft.inputs) wanted.add(name);
        return needed;
      })
      .reverse();
    const tensors = [...this.#tensors.values()].filter(({ name }) => wanted.has(name));
    let constants = 0;
    for (const { name } of tensors) {
      names.set(name, free(name.startsWith("%") ? `constant_${constants++}` : name));
    }
    const perLayer = new Map<string, number>();
    for (const { layer } of kept) perLayer.set(layer, (perLayer.get(layer) ?? 0) + 1);
    const nodeNames = new Set<string>();
    const nodes = kept.map(({ layer, type, inputs: from, outputs: to, attributes }): OnnxNode => {
      const wantedName = perLayer.get(layer) === 1 ? layer : `${layer}/${type}`;
      let name = wantedName;
      for (let i = 2; nodeNames.has(name); i++) name = `${wantedName}_${i}`;
      nodeNames.add(name);
      to.forEach((draft, i) => {
        if (!names.has(draft)) names.set(draft, free(i === 0 ? name : `${name}:${i}`));
      });
      return {
        name,
        type,
        inputs: from.map((draft) => (draft === "" ? "" : names.get(draft)!)),
        outputs: to.map((draft) => names.get(draft)!),
        attributes,
      };
    });
    return { nodes, tensors: tensors.map((tensor) => ({ ...tensor, name: names.get(tensor.name)! })) };
  }
}
