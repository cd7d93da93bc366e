// A graph as operators of TensorFlow Lite, which LiteRT runs.
import { isDepthwise, lastShape } from "./channels-last.js";
import { type Activation, type Graph, type Node, type Shape, shapesOf, type Window } from "./graph.js";
import type { Field, Model, OperatorDraft, OperatorName, TensorDraft } from "./tflite-file.js";

/** Activations that convolutions, linear layers and sums apply themselves; others are operators of their own. */
const FUSED: Readonly<Partial<Record<Activation, number>>> = { none: 0, relu: 1, relu6: 3 };
const SAME = 0;
const VALID = 1;
const FLOAT32 = 0;
const INT32 = 2;
const LOWEST = -3.4028234663852886e38;

/** @param graph folded, with kernels as [k, kh, kw, c], depthwise ones as [1, kh, kw, c], linear weights as [out, in] */
export function tfliteOf(graph: Graph): Model {
  const draft = new Draft(graph);
  for (const node of graph.nodes) draft.node(node);
  return draft;
}

class Draft implements Model {
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
        const multiplier: Field[] = depthwise ? [[3, "int", node.shape[1]! / node.groups]] : [];
        const next = depthwise ? 4 : 3;
        const w = this.#constant(node.w);
        const b = node.b === null ? -1 : this.#constant(node.b);
        this.#activated(node, node.activation, (output, fused) =>
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
        const w = this.#constant(node.w);
        const b = node.b === null ? -1 : this.#constant(node.b);
        this.#activated(node, node.activation, (output, fused) =>
          this.#operator("linear", [x, w, b], output, [[0, "byte", fused]]),
        );
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
      case "add":
        this.#activated(node, node.activation, (output, fused) =>
          this.#operator("add", inputs, output, [[0, "byte", fused]]),
        );
        break;
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

  /** An operator that applies the activation itself, or one on a value of its own and the activation after it. */
  #activated(node: Node, activation: Activation, operator: (output: number, fused: number) => void): void {
    const fused = FUSED[activation];
    if (fused !== undefined) {
      operator(this.#value(node.output), fused);
      return;
    }
    const between = this.#tensor({
      name: `${node.output} before`,
      shape: lastShape(node.shape),
      type: FLOAT32,
    });
    operator(between, 0);
    this.#operator(activation as OperatorName, [between], this.#value(node.output), []);
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
    const source = this.#tensor({ name: `${node.output} padded`, shape, type: FLOAT32 });
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
    const made = this.#tensor({ name, shape: lastShape(this.#shapes.get(name)!), type: FLOAT32 });
    this.#at.set(name, made);
    return made;
  }

  #constant(name: string): number {
    const { shape, data } = this.#graph.tensors.get(name)!;
    return this.#tensor({ name, shape, type: FLOAT32, bytes: bytesOf(data) });
  }

  #scalar(value: number): number {
    return this.#tensor({
      name: "number",
      shape: [],
      type: FLOAT32,
      bytes: bytesOf(new Float32Array([value])),
    });
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

const bytesOf = (values: Float32Array | Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
