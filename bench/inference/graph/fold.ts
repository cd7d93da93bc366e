// What an optimising converter does: batch norm into the convolution before it, activations into what they follow.
import { elements, type Graph, type Node, type NodeOf, type Numbers } from "./graph.js";

export function fold(graph: Graph): Graph {
  const tensors = new Map(graph.tensors);
  const readers = new Map<string, number>([[graph.output, 1]]);
  for (const { inputs } of graph.nodes)
    for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const at = nodes.findIndex(({ output }) => output === node.inputs[0]);
    const before = at >= 0 && readers.get(node.inputs[0]!) === 1 ? nodes[at] : undefined;
    const folded = before && foldedInto(before, node, tensors);
    if (folded) nodes[at] = { ...folded, output: node.output };
    else nodes.push(node);
  }
  return { ...graph, nodes, tensors };
}

function foldedInto(before: Node, node: Node, tensors: Map<string, Numbers>): Node | undefined {
  if (node.op === "batchNorm" && before.op === "conv" && before.activation === "none") {
    return foldNorm(before, node, tensors);
  }
  const takes = before.op === "conv" || before.op === "linear" || before.op === "add";
  if (node.op === "activation" && takes && before.activation === "none") {
    return { ...before, activation: node.activation };
  }
  return undefined;
}

/** (w x + b - mean) scale / sqrt(variance + epsilon) + shift, as one convolution. */
function foldNorm(conv: NodeOf<"conv">, norm: NodeOf<"batchNorm">, tensors: Map<string, Numbers>): Node {
  const numbers = (name: string): Float32Array => tensors.get(name)!.data;
  const { shape, data } = tensors.get(conv.w)!;
  const channels = shape[0]!;
  const size = elements(shape.slice(1));
  const factor = numbers(norm.scale).map((s, k) => s / Math.sqrt(numbers(norm.variance)[k]! + norm.epsilon));
  const w = data.map((value, i) => value * factor[Math.floor(i / size)]!);
  const b = numbers(norm.shift).map(
    (shift, k) => ((conv.b === null ? 0 : numbers(conv.b)[k]!) - numbers(norm.mean)[k]!) * factor[k]! + shift,
  );
  tensors.set(`${conv.w} folded`, { shape, data: w });
  tensors.set(`${conv.w} shift`, { shape: [channels], data: b });
  return { ...conv, w: `${conv.w} folded`, b: `${conv.w} shift` };
}
