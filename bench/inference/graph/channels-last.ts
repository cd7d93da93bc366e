// Weights for peers whose activations lie as [n, h, w, c].
import { elements, type Graph, type Node, type NodeOf, type Numbers, type Shape, shapesOf } from "./graph.js";

/** The order of a kernel's axes: of [k, c, kh, kw], numbered 0 to 3. */
export type KernelOrder = readonly [number, number, number, number];

/**
 * The graph with kernels in that order, those of depthwise convolutions (one input channel each) in another, linear
 * weights as [out, in] or, `turned`, as [in, out], and both as the numbers before them now lie.
 */
export function channelsLast(
  graph: Graph,
  dense: KernelOrder,
  depthwise: KernelOrder,
  turned: boolean,
): Graph {
  const tensors = new Map(graph.tensors);
  const shapes = shapesOf(graph);
  const producers = new Map(graph.nodes.map((node): [string, Node] => [node.output, node]));
  for (const node of graph.nodes) {
    if (node.op === "conv") {
      tensors.set(node.w, permuted(graph.tensors.get(node.w)!, isDepthwise(graph, node) ? depthwise : dense));
    } else if (node.op === "linear") {
      const weight = graph.tensors.get(node.w)!;
      const flattened = producers.get(node.inputs[0]!);
      const [, c = 1, h = 1, w = 1] =
        flattened?.op === "flatten" ? shapes.get(flattened.inputs[0]!)! : [1, weight.shape[1]!];
      const pixelsFirst = permuted({ ...weight, shape: [weight.shape[0]!, c, h * w, 1] }, [0, 2, 1, 3]);
      const matrix = { shape: weight.shape, data: pixelsFirst.data };
      tensors.set(node.w, turned ? transposed(matrix) : matrix);
    }
  }
  return { ...graph, tensors };
}

/** [n, c, h, w] as [n, h, w, c]; what has no pixels stays as it is. */
export function lastShape(shape: Shape): Shape {
  const [n, c, ...pixels] = shape;
  return [n!, ...pixels, c!];
}

/** One input channel for each kernel, whatever the order of its axes. */
export function isDepthwise(graph: Graph, node: NodeOf<"conv">): boolean {
  const perKernel = elements(graph.tensors.get(node.w)!.shape) / node.shape[1]!;
  return node.groups > 1 && perKernel === elements(node.window.kernel);
}

function transposed({ shape: [rows, columns], data }: Numbers): Numbers {
  const { data: turned } = permuted({ shape: [rows!, columns!, 1, 1], data }, [1, 0, 2, 3]);
  return { shape: [columns!, rows!], data: turned };
}

/** Four axes in another order. */
function permuted({ shape, data }: Numbers, order: KernelOrder): Numbers {
  const strides = shape.map((_, axis) => elements(shape.slice(axis + 1)));
  const sizes = order.map((axis) => shape[axis]!);
  const [s0, s1, s2, s3] = order.map((axis) => strides[axis]!) as [number, number, number, number];
  const result = new Float32Array(data.length);
  let at = 0;
  for (let a = 0; a < sizes[0]!; a++)
    for (let b = 0; b < sizes[1]!; b++)
      for (let c = 0; c < sizes[2]!; c++)
        for (let d = 0; d < sizes[3]!; d++) result[at++] = data[a * s0 + b * s1 + c * s2 + d * s3]!;
  return { shape: sizes, data: result };
}
