// A graph as a .tflite file. The numbers of fields and enumerations are those of TensorFlow's schema.fbs.
import { isDepthwise, lastShape } from "./channels-last.js";
import { type Activation, type Graph, type Node, type Shape, shapesOf, type Window } from "./graph.js";

/** What is used of the package flatbuffers. */
interface Builder {
  readonly bb: { bytes(): Uint8Array; setPosition(position: number): void };
  space: number;
  startObject(fields: number): void;
  endObject(): number;
  startVector(elementBytes: number, count: number, alignment: number): void;
  endVector(): number;
  addInt8(value: number): void;
  addInt32(value: number): void;
  addFloat32(value: number): void;
  addOffset(offset: number): void;
  addFieldInt8(field: number, value: number, otherwise: number): void;
  addFieldInt32(field: number, value: number, otherwise: number): void;
  addFieldFloat32(field: number, value: number, otherwise: number): void;
  addFieldOffset(field: number, offset: number, otherwise: number): void;
  createString(text: string): number;
  finish(root: number, identifier: string): void;
  asUint8Array(): Uint8Array;
}

/** A field of a table: its number, kind and value. */
type Field = readonly [number: number, kind: "byte" | "int" | "float" | "offset", value: number];

/** Operators: number in BuiltinOperator, version; then the number in BuiltinOptions. */
const OPERATORS = {
  add: [0, 1, 11],
  averagePool: [1, 1, 5],
  concat: [2, 1, 10],
  conv: [3, 1, 1],
  depthwise: [4, 1, 2],
  linear: [9, 1, 8],
  localResponseNorm: [13, 1, 13],
  sigmoid: [14, 1, 0],
  maxPool: [17, 1, 5],
  relu: [19, 1, 0],
  relu6: [21, 1, 0],
  reshape: [22, 1, 17],
  softmax: [25, 1, 9],
  tanh: [28, 1, 0],
  pad: [34, 1, 22],
  mean: [40, 1, 27],
  padWith: [60, 1, 0],
} as const;
type OperatorName = keyof typeof OPERATORS;

const FUSED: Readonly<Partial<Record<Activation, number>>> = { none: 0, relu: 1, relu6: 3, tanh: 4 };
/** Activations that XNNPACK clamps by; others are operators of their own. */
const isClamp = (activation: Activation): boolean =>
  activation === "none" || activation === "relu" || activation === "relu6";
const SAME = 0;
const VALID = 1;
const INT32 = 2;
const LOWEST = -3.4028234663852886e38;

interface TensorDraft {
  readonly name: string;
  readonly shape: Shape;
  readonly type: number;
  readonly bytes?: Uint8Array;
}

interface OperatorDraft {
  readonly name: OperatorName;
  readonly inputs: readonly number[];
  readonly output: number;
  readonly options: readonly Field[];
}

/** @param graph folded, with kernels as [k, kh, kw, c], depthwise ones as [1, kh, kw, c], linear weights as [out, in] */
export function tfliteOf(graph: Graph, newBuilder: (bytes: number) => Builder): Uint8Array {
  const draft = new Draft(graph);
  for (const node of graph.nodes) draft.node(node);
  const bytes = draft.tensors.reduce((sum, tensor) => sum + (tensor.bytes?.length ?? 0) + 256, 4096);
  return write(draft, newBuilder(bytes));
}

/** Tensors and operators in the order in which they run. */
class Draft {
  readonly tensors: TensorDraft[] = [];
  readonly operators: OperatorDraft[] = [];
  readonly input: number;
  readonly #graph: Graph;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #at = new Map<string, number>();
  readonly #producers: ReadonlyMap<string, Node>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#shapes = shapesOf(graph);
    this.#producers = new Map(graph.nodes.map((node) => [node.output, node]));
    this.input = this.#value(graph.input.name);
  }

  get output(): number {
    return this.#at.get(this.#graph.output)!;
  }

  node(node: Node): void {
    const inputs = node.inputs.map((name) => this.#value(name));
    const x = inputs[0]!;
    switch (node.op) {
      case "conv": {
        const [sh, sw] = node.window.strides;
        const [dh, dw] = node.window.dilations;
        const { source, padding } = this.#padded(node, x, node.window, 0);
        const depthwise = isDepthwise(this.#graph, node);
        const { fused, activate } = activationOf(node.activation);
        const multiplier: Field[] = depthwise ? [[3, "int", node.shape[1]! / node.groups]] : [];
        const next = depthwise ? 4 : 3;
        const w = this.#constant(node.w);
        const b = node.b === null ? -1 : this.#constant(node.b);
        activate(this, node, (output) =>
          this.#operator(depthwise ? "depthwise" : "conv", [source, w, b], output, [
            [0, "byte", padding],
            [1, "int", sw],
            [2, "int", sh],
            ...multiplier,
            [next, "byte", fused],
            [next + 1, "int", dw],
            [next + 2, "int", dh],
          ]),
        );
        break;
      }
      case "linear": {
        const { fused, activate } = activationOf(node.activation);
        const w = this.#constant(node.w);
        const b = node.b === null ? -1 : this.#constant(node.b);
        activate(this, node, (output) => this.#operator("linear", [x, w, b], output, [[0, "byte", fused]]));
        break;
      }
      case "maxPool":
        this.#pool(node, x, "maxPool", node.window, this.#isPositive(node.inputs[0]!) ? 0 : LOWEST);
        break;
      case "averagePool":
        this.#pool(node, x, "averagePool", node.window, node.padded ? 0 : null);
        break;
      case "globalAverage":
        this.#operator("mean", [x, this.#integers([1, 2])], this.#value(node.output), [[0, "byte", 1]]);
        break;
      case "concat":
        this.#operator("concat", inputs, this.#value(node.output), [[0, "int", 3]]);
        break;
      case "add": {
        const { fused, activate } = activationOf(node.activation);
        activate(this, node, (output) => this.#operator("add", inputs, output, [[0, "byte", fused]]));
        break;
      }
      case "activation":
        this.#operator(node.activation as OperatorName, [x], this.#value(node.output), []);
        break;
      case "flatten":
        this.#operator("reshape", [x, this.#integers(node.shape)], this.#value(node.output), []);
        break;
      case "softmax":
        this.#operator("softmax", [x], this.#value(node.output), [[0, "float", 1]]);
        break;
      case "localResponseNorm":
        this.#operator("localResponseNorm", [x], this.#value(node.output), [
          [0, "int", (node.size - 1) / 2],
          [1, "float", node.bias],
          [2, "float", node.alpha / node.size],
          [3, "float", node.beta],
        ]);
        break;
      default:
        throw new Error(`tflite: no ${node.op}`);
    }
  }

  /** The operator on a value of its own, and the activation after it. */
  followed(node: Node, activation: Activation, operator: (output: number) => void): void {
    const between = this.#tensor({
      name: `${node.output} before`,
      shape: lastShape(node.shape),
      type: 0,
    });
    operator(between);
    this.#operator(activation as OperatorName, [between], this.#value(node.output), []);
  }

  final(node: Node, operator: (output: number) => void): void {
    operator(this.#value(node.output));
  }

  #pool(node: Node, x: number, name: "maxPool" | "averagePool", window: Window, beyond: number | null): void {
    const [sh, sw] = window.strides;
    const [kh, kw] = window.kernel;
    // Padding of its own counts no pixels beyond the edge: the same for a maximum, another average.
    const own = name === "maxPool" || beyond === null;
    const { source, padding } = this.#padded(node, x, window, beyond, own);
    this.#operator(name, [source], this.#value(node.output), [
      [0, "byte", padding],
      [1, "int", sw],
      [2, "int", sh],
      [3, "int", kw],
      [4, "int", kh],
    ]);
  }

  /** The value with its padding, by an operator before or, where the format's own padding is the same, by the window. */
  #padded(
    node: Node,
    x: number,
    { top, left, bottom, right }: Window,
    beyond: number | null,
    own = true,
  ): { source: number; padding: number } {
    if (top + left + bottom + right === 0) return { source: x, padding: VALID };
    const isSame = top === Math.floor((top + bottom) / 2) && left === Math.floor((left + right) / 2);
    const [, , h, w] = this.#shapes.get(node.inputs[0]!)!;
    const [, , outH, outW] = node.shape;
    const strides = "window" in node ? node.window.strides : [1, 1];
    const fits = outH === Math.ceil(h! / strides[0]) && outW === Math.ceil(w! / strides[1]);
    if (own && isSame && fits) return { source: x, padding: SAME };
    if (beyond === null) throw new Error("tflite: no padding that does not count, but SAME");
    const [n, ph, pw, c] = this.tensors[x]!.shape;
    const shape = [n!, ph! + top + bottom, pw! + left + right, c!];
    const source = this.#tensor({ name: `${node.output} padded`, shape, type: 0 });
    const sides = this.#integers([0, 0, top, bottom, left, right, 0, 0], [4, 2]);
    if (beyond === 0) this.#operator("pad", [x, sides], source, []);
    else this.#operator("padWith", [x, sides, this.#scalar(beyond)], source, []);
    return { source, padding: VALID };
  }

  /** Whether a value cannot be below zero, so that a maximum does not see zeros around it. */
  #isPositive(name: string): boolean {
    const node = this.#producers.get(name);
    if (!node) return false;
    if (node.op === "concat" || node.op === "maxPool") {
      return node.inputs.every((input) => this.#isPositive(input));
    }
    return "activation" in node && (node.activation === "relu" || node.activation === "relu6");
  }

  #value(name: string): number {
    const at = this.#at.get(name);
    if (at !== undefined) return at;
    const made = this.#tensor({ name, shape: lastShape(this.#shapes.get(name)!), type: 0 });
    this.#at.set(name, made);
    return made;
  }

  #constant(name: string): number {
    const { shape, data } = this.#graph.tensors.get(name)!;
    return this.#tensor({ name, shape, type: 0, bytes: bytesOf(data) });
  }

  #scalar(value: number): number {
    return this.#tensor({ name: "number", shape: [], type: 0, bytes: bytesOf(new Float32Array([value])) });
  }

  #integers(values: readonly number[], shape: Shape = [values.length]): number {
    return this.#tensor({ name: "integers", shape, type: INT32, bytes: bytesOf(new Int32Array(values)) });
  }

  #tensor(tensor: TensorDraft): number {
    this.tensors.push(tensor);
    return this.tensors.length - 1;
  }

  #operator(name: OperatorName, inputs: readonly number[], output: number, options: readonly Field[]): void {
    this.operators.push({ name, inputs, output, options });
  }
}

function activationOf(activation: Activation) {
  const fuses = isClamp(activation);
  return {
    fused: fuses ? FUSED[activation]! : 0,
    activate: (draft: Draft, node: Node, operator: (output: number) => void): void =>
      fuses ? draft.final(node, operator) : draft.followed(node, activation, operator),
  };
}

const bytesOf = (values: Float32Array | Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function write({ tensors, operators, input, output }: Draft, builder: Builder): Uint8Array {
  const table = (fields: readonly Field[]): number => {
    builder.startObject(16);
    for (const [at, kind, value] of fields) {
      if (kind === "byte") builder.addFieldInt8(at, value, 0);
      else if (kind === "int") builder.addFieldInt32(at, value, 0);
      else if (kind === "float") builder.addFieldFloat32(at, value, 0);
      else builder.addFieldOffset(at, value, 0);
    }
    return builder.endObject();
  };
  const vector = (count: number, add: (i: number) => void): number => {
    builder.startVector(4, count, 4);
    for (let i = count - 1; i >= 0; i--) add(i);
    return builder.endVector();
  };
  const integers = (values: readonly number[]): number =>
    vector(values.length, (i) => builder.addInt32(values[i]!));
  const offsets = (values: readonly number[]): number =>
    vector(values.length, (i) => builder.addOffset(values[i]!));
  const bytes = (values: Uint8Array): number => {
    builder.startVector(1, values.length, 16);
    builder.space -= values.length;
    builder.bb.setPosition(builder.space);
    builder.bb.bytes().set(values, builder.space);
    return builder.endVector();
  };

  // Buffer 0 is that of values without contents.
  const filled = tensors.filter((tensor) => tensor.bytes);
  const buffers = offsets([
    table([]),
    ...filled.map((tensor) => table([[0, "offset", bytes(tensor.bytes!)]])),
  ]);
  const described = offsets(
    tensors.map((tensor) =>
      table([
        [0, "offset", integers(tensor.shape)],
        [1, "byte", tensor.type],
        [2, "int", tensor.bytes ? 1 + filled.indexOf(tensor) : 0],
        [3, "offset", builder.createString(tensor.name)],
      ]),
    ),
  );
  const names = [...new Set(operators.map(({ name }) => name))];
  const codes = offsets(
    names.map((name) => {
      const [code, version] = OPERATORS[name];
      return table([
        [0, "byte", code],
        [2, "int", version],
        [3, "int", code],
      ]);
    }),
  );
  const steps = offsets(
    operators.map(({ name, inputs, output: result, options }) => {
      const kind = OPERATORS[name][2];
      return table([
        [1, "offset", integers(inputs)],
        [2, "offset", integers([result])],
        [0, "int", names.indexOf(name)],
        ...(kind > 0
          ? ([
              [3, "byte", kind],
              [4, "offset", table(options)],
            ] as const)
          : []),
      ]);
    }),
  );
  const subgraph = table([
    [0, "offset", described],
    [1, "offset", integers([input])],
    [2, "offset", integers([output])],
    [3, "offset", steps],
    [4, "offset", builder.createString("main")],
  ]);
  const model = table([
    [0, "int", 3],
    [1, "offset", codes],
    [2, "offset", offsets([subgraph])],
    [4, "offset", buffers],
  ]);
  builder.finish(model, "TFL3");
  return builder.asUint8Array();
}
