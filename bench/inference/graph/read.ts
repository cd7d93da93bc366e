// From an ONNX file of a batch that is fixed, as exportOnnx writes it.
import { readModel } from "../../../src/onnx/proto/read.js";
import { readNumbers } from "../../../src/onnx/proto/tensor.js";
import type { AttributeProto, NodeProto } from "../../../src/onnx/proto/types.js";
import {
  elements,
  type Graph,
  type Node,
  type Numbers,
  type Shape,
  type Window,
  type Work,
} from "./graph.js";

export function readGraph(bytes: Uint8Array): Graph {
  const { graph } = readModel(bytes);
  const tensors = new Map(
    graph!.initializer.map((tensor): [string, Numbers] => {
      const { shape, data } = readNumbers(tensor.name!, tensor);
      return [tensor.name!, { shape, data: Float32Array.from(data, Number) }];
    }),
  );
  const { name, type } = graph!.input[0]!;
  const input = { name: name!, shape: type!.tensorType!.shape!.dim.map(({ dimValue }) => dimValue!) };
  const shapes = new Map<string, Shape>([[input.name, input.shape]]);
  const nodes: Node[] = [];
  for (const node of graph!.node) {
    const inputs = node.input.filter((value) => shapes.has(value));
    const output = node.output[0]!;
    const { work, shape } = workOf(
      node,
      inputs.map((value) => shapes.get(value)!),
      tensors,
    );
    shapes.set(output, shape);
    nodes.push({ ...work, inputs, output, shape });
  }
  return { input, output: graph!.output[0]!.name!, nodes, tensors };
}

type Attributes = ReadonlyMap<string, AttributeProto>;

function workOf(
  node: NodeProto,
  [x, ...others]: readonly Shape[],
  tensors: ReadonlyMap<string, Numbers>,
): { work: Work; shape: Shape } {
  const attributes: Attributes = new Map(node.attribute.map((attribute) => [attribute.name!, attribute]));
  const number = (name: string, otherwise: number): number => {
    const attribute = attributes.get(name);
    return attribute?.f ?? attribute?.i ?? otherwise;
  };
  const [, second = "", third = "", fourth = "", fifth = ""] = node.input;
  const [n, c, h, w] = x!;
  switch (node.opType) {
    case "Conv": {
      const window = windowOf(attributes, x!);
      const k = tensors.get(second)!.shape[0]!;
      const work = { op: "conv", w: second, b: third || null, activation: "none" } as const;
      return { work: { ...work, window, groups: number("group", 1) }, shape: [n!, k, ...sizes(window, x!)] };
    }
    case "Gemm": {
      require(node, number("transB", 0) === 1);
      const work = { op: "linear", w: second, b: third || null, activation: "none" } as const;
      return { work, shape: [n!, tensors.get(second)!.shape[0]!] };
    }
    case "BatchNormalization":
      return {
        work: {
          op: "batchNorm",
          scale: second,
          shift: third,
          mean: fourth,
          variance: fifth,
          epsilon: number("epsilon", 1e-5),
        },
        shape: x!,
      };
    case "MaxPool":
    case "AveragePool": {
      const window = windowOf(attributes, x!);
      const shape = [n!, c!, ...sizes(window, x!)];
      if (node.opType === "MaxPool") return { work: { op: "maxPool", window }, shape };
      require(node, number("ceil_mode", 0) === 0);
      return { work: { op: "averagePool", window, padded: number("count_include_pad", 0) === 1 }, shape };
    }
    case "GlobalAveragePool":
      return { work: { op: "globalAverage" }, shape: [n!, c!, 1, 1] };
    case "Concat":
      require(node, number("axis", 0) === 1);
      return {
        work: { op: "concat" },
        shape: [n!, [x!, ...others].reduce((sum, shape) => sum + shape[1]!, 0), ...x!.slice(2)],
      };
    case "Add":
      require(node, others.length === 1);
      return { work: { op: "add", activation: "none" }, shape: x! };
    case "Reshape":
    case "Flatten":
      return { work: { op: "flatten" }, shape: [n!, elements(x!) / n!] };
    case "Softmax":
      require(node, h === undefined || elements([h, w!]) === 1);
      return { work: { op: "softmax" }, shape: x! };
    case "LRN":
      return {
        work: {
          op: "localResponseNorm",
          size: number("size", 0),
          alpha: number("alpha", 1e-4),
          beta: number("beta", 0.75),
          bias: number("bias", 1),
        },
        shape: x!,
      };
    case "Clip":
      require(node, tensors.get(second)?.data[0] === 0 && tensors.get(third)?.data[0] === 6);
      return { work: { op: "activation", activation: "relu6" }, shape: x! };
    case "Relu":
    case "Sigmoid":
    case "Tanh": {
      const activation = node.opType.toLowerCase() as "relu" | "sigmoid" | "tanh";
      return { work: { op: "activation", activation }, shape: x! };
    }
    default:
      return require(node, false);
  }
}

/** What a file can say and no network or layer of the bench does. */
function require(node: NodeProto, holds: boolean): never {
  if (!holds) throw new Error(`bench: ${node.opType} of this kind is not known: see bench/inference/graph.`);
  return undefined as never;
}

function windowOf(attributes: Attributes, [, , h, w]: Shape): Window {
  const pair = (name: string): [number, number] => {
    const [a = 1, b = 1] = attributes.get(name)?.ints ?? [];
    return [a, b];
  };
  const [kh, kw] = pair("kernel_shape");
  const [sh, sw] = pair("strides");
  const [dh, dw] = pair("dilations");
  const [top = 0, left = 0, bottom = 0, right = 0] = attributes.get("pads")?.ints ?? [];
  const round = attributes.get("ceil_mode")?.i === 1 ? Math.ceil : Math.floor;
  const beyond = (size: number, k: number, s: number, d: number, before: number, after: number): number => {
    const reach = (k - 1) * d + 1;
    let last = round((size + before + after - reach) / s) * s;
    // A last window must begin inside.
    if (last >= size + before) last -= s;
    return Math.max(0, last + reach - size - before);
  };
  return {
    kernel: [kh, kw],
    strides: [sh, sw],
    dilations: [dh, dw],
    top,
    left,
    bottom: beyond(h!, kh, sh, dh, top, bottom),
    right: beyond(w!, kw, sw, dw, left, right),
  };
}

function sizes({ kernel, strides, dilations, top, left, bottom, right }: Window, x: Shape): [number, number] {
  const size = (i: 0 | 1, padding: number): number =>
    Math.floor((x[2 + i]! + padding - (kernel[i] - 1) * dilations[i] - 1) / strides[i]) + 1;
  return [size(0, top + bottom), size(1, left + right)];
}
