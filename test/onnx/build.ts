import { type HostTensor, tensorProto } from "../../src/onnx/proto/tensor.js";
import { AttributeType as A, DataType, type Draft, type ModelProto } from "../../src/onnx/proto/types.js";
import { encode, writeModel } from "../../src/onnx/proto/write.js";

type Attribute =
  NonNullable<Draft<ModelProto>["graph"]> extends infer G
    ? G extends { readonly node?: readonly (infer N)[] }
      ? N extends { readonly attribute?: readonly (infer T)[] }
        ? T
        : never
      : never
    : never;

/** A node as tests write it: whole numbers, lists of them, words and tensors as attributes. */
export interface NodeDraft {
  op: string;
  in?: string[];
  out?: string[];
  name?: string;
  domain?: string;
  attributes?: Record<string, AttributeDraft>;
}

export type AttributeDraft = number | number[] | string | HostTensor | Graph;

type Graph = NonNullable<Draft<ModelProto>["graph"]> & { readonly node: readonly object[] };

export interface ModelDraft {
  opset?: number;
  nodes: NodeDraft[];
  inputs?: Record<string, (number | string)[]>;
  /** Types of inputs that are not float32. */
  types?: Record<string, keyof typeof DataType>;
  outputs?: Record<string, (number | string)[]>;
  weights?: Record<string, HostTensor>;
  /** Anything else. */
  graph?: NonNullable<Draft<ModelProto>["graph"]>;
  model?: Draft<ModelProto>;
}

export const floats = (values: number[], shape = [values.length]): HostTensor => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(values),
});

export const longs = (values: number[], shape = [values.length]): HostTensor => ({
  dtype: "int64",
  shape,
  data: BigInt64Array.from(values, BigInt),
});

/** The bytes of a model. Without sizes a value's rank is unknown too. */
export function onnx(draft: ModelDraft): Uint8Array {
  const {
    opset = 13,
    nodes,
    inputs = { x: [1, 2] },
    outputs = { y: [1, 2] },
    weights = {},
    types = {},
  } = draft;
  const value = ([name, sizes]: [string, (number | string)[]]) => ({
    name,
    type: {
      tensorType: {
        elemType: DataType[types[name] ?? "FLOAT"],
        shape: {
          dim: sizes.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size })),
        },
      },
    },
  });
  return writeModel({
    irVersion: 8,
    opsetImport: [{ domain: "", version: opset }],
    ...draft.model,
    graph: {
      name: "test",
      node: nodes.map((node) => ({
        opType: node.op,
        input: node.in ?? ["x"],
        output: node.out ?? ["y"],
        ...(node.name === undefined ? {} : { name: node.name }),
        ...(node.domain === undefined ? {} : { domain: node.domain }),
        attribute: Object.entries(node.attributes ?? {}).map(attribute),
      })),
      input: Object.entries(inputs).map(value),
      output: Object.entries(outputs).map(value),
      initializer: Object.entries(weights).map(([name, tensor]) => tensorProto(name, tensor)),
      ...draft.graph,
    },
  });
}

function attribute([name, value]: [string, AttributeDraft]): Attribute {
  if (typeof value === "string") return { name, type: A.STRING, s: encode(value) };
  if (Array.isArray(value)) return { name, type: A.INTS, ints: value };
  if (typeof value === "object" && "node" in value) return { name, type: A.GRAPH, g: value };
  if (typeof value === "object") return { name, type: A.TENSOR, t: tensorProto("", value) };
  return Number.isInteger(value) ? { name, type: A.INT, i: value } : { name, type: A.FLOAT, f: value };
}
