import { add } from "../../ops/add.js";
import { concat } from "../../ops/concat.js";
import { multiply } from "../../ops/multiply.js";
import { type Node, sizes4, type Value } from "../../ops/op.js";
import { inWords } from "../algorithm.js";
import { formatKernel, windowExtras, windowOf } from "../window.js";

/** What a block is, for its colour. */
export type Kind = "input" | "convolution" | "pooling" | "linear" | "join" | "module" | "other";

/** How the legend calls the kinds, in its order. */
export const kindNames: Readonly<Record<Kind, string>> = {
  input: "input",
  convolution: "convolution",
  pooling: "pooling",
  linear: "fully connected",
  join: "sum, concatenation",
  module: "module of several layers",
  other: "other",
};

/** Types of layers, torch's and ONNX's, that have a shorter usual name. */
const shortTypes: Readonly<Record<string, string>> = {
  AdaptiveAvgPool2d: "Avg pool",
  AdaptiveMaxPool2d: "Max pool",
  AvgPool1d: "Avg pool",
  AvgPool2d: "Avg pool",
  AveragePool: "Avg pool",
  BatchNorm2d: "BN",
  BatchNormalization: "BN",
  Gemm: "Linear",
  GlobalAveragePool: "Avg pool",
  GlobalMaxPool: "Max pool",
  InstanceNorm2d: "IN",
  InstanceNormalization: "IN",
  LocalResponseNorm: "LRN",
  MatMul: "Matrix product",
  MaxPool: "Max pool",
  MaxPool1d: "Max pool",
  MaxPool2d: "Max pool",
  ReduceMean: "Avg pool",
  Relu: "ReLU",
};

const shortType = (type: string): string => shortTypes[type] ?? type;

/** How an op is called that belongs to no layer of its own. */
export function opName(op: string): string {
  const words = inWords(op);
  return words[0]!.toUpperCase() + words.slice(1);
}

/** Ops that bring values together, and the sign or word for it. */
const joins = new Map<unknown, string>([
  [add, "+"],
  [multiply, "×"],
  [concat, "concat"],
]);

/** The sign of a unit that only brings values together, those for which `counts` holds, if it is one. */
export function joinOf(nodes: readonly Node[], counts: (value: Value) => boolean): string | undefined {
  const work = nodes.filter(({ op }) => !MOVES.has(op.name));
  const [only] = work;
  if (work.length !== 1 || !only) return undefined;
  return new Set(only.inputs.filter((value) => value && counts(value))).size > 1
    ? joins.get(only.op)
    : undefined;
}

/** Ops that only say otherwise how numbers lie. */
export const MOVES: ReadonlySet<string> = new Set(["reshape", "dense", "blocked"]);

/** What the nodes of one layer are. */
export function kindOf(nodes: readonly Node[]): Kind {
  const some = (test: (node: Node) => boolean): boolean => nodes.some(test);
  const isImage = ({ inputs }: Node): boolean => inputs[0]!.shape.length > 2;
  if (some((node) => /^conv/.test(node.op.name) && isImage(node))) return "convolution";
  if (some(({ op }) => /^(linear|matmul|conv2d)$/.test(op.name))) return "linear";
  if (some(({ op }) => /pool/i.test(op.name))) return "pooling";
  return "other";
}

/** What a layer does, in one line or a few: "Conv 3×3", "stride 2, pad 1". */
export function linesOf(type: string, nodes: readonly Node[]): string[] {
  const window = windowOf(nodes);
  const kind = kindOf(nodes);
  if (!window) return kind === "pooling" ? poolingLines(type, nodes) : [shortType(type)];
  const { groups = 1 } = window;
  const node = nodes.find(({ op }) => /^conv/.test(op.name));
  const isDepthwise = node !== undefined && groups > 1 && groups === node.inputs[0]!.shape[1];
  const name = !node
    ? shortType(type)
    : node.op.name === "convTranspose2d"
      ? "Transposed conv"
      : isDepthwise
        ? "Depthwise"
        : "Conv";
  const flat = nodes[0]!.inputs[0]!.shape.length === 3;
  const extras = windowExtras(isDepthwise ? { ...window, groups: 1 } : window);
  const [first, second, ...others] = extras;
  const lines = first && second ? [`${first}, ${second}`, ...others] : extras;
  return [`${name} ${formatKernel(window, flat)}`, ...lines];
}

/** Pooling over windows of no fixed size. */
function poolingLines(type: string, nodes: readonly Node[]): string[] {
  const [, , h, w] = sizes4(nodes.at(-1)!.outputs[0]!.shape);
  return h === 1 && w === 1 ? [`Global ${shortType(type).toLowerCase()}`] : [shortType(type)];
}
