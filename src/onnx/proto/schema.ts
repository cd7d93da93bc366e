// Field numbers and kinds of the messages: onnx.proto as a table.

import type {
  AttributeProto,
  DimensionProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  OperatorSetId,
  SparseTensorProto,
  StringEntry,
  TensorProto,
  TensorShapeProto,
  TensorTypeProto,
  TypeProto,
  ValueInfoProto,
} from "./types.js";

/** Arrays of numbers that become one typed array. */
export type NumbersKind = "floats" | "doubles" | "int32s" | "int64s" | "uint64s";

/** What a field holds. "int" is an int64 as a number. */
export type Kind = "int" | "float" | "string" | "bytes" | NumbersKind | Message;

export interface Field {
  readonly name: string;
  readonly number: number;
  readonly kind: Kind;
  readonly repeated: boolean;
}

export interface Message {
  readonly name: string;
  readonly byNumber: ReadonlyMap<number, Field>;
}

/** A field's number, its kind (the message as a function, since messages refer to each other), and whether it repeats. */
type Row = readonly [number: number, kind: Exclude<Kind, Message> | (() => Message), repeated?: "repeated"];

function message<T>(name: string, rows: { readonly [K in keyof Required<T>]: Row }): Message {
  const byNumber = new Map<number, Field>();
  for (const [field, [number, kind, repeated]] of Object.entries<Row>(rows)) {
    byNumber.set(number, {
      name: field,
      number,
      get kind() {
        return typeof kind === "function" ? kind() : kind;
      },
      repeated: repeated !== undefined,
    });
  }
  return { name, byNumber };
}

const stringEntry = message<StringEntry>("StringStringEntryProto", {
  key: [1, "string"],
  value: [2, "string"],
});

const operatorSetId = message<OperatorSetId>("OperatorSetIdProto", {
  domain: [1, "string"],
  version: [2, "int"],
});

const dimension = message<DimensionProto>("Dimension", { dimValue: [1, "int"], dimParam: [2, "string"] });

const tensorShape = message<TensorShapeProto>("TensorShapeProto", { dim: [1, () => dimension, "repeated"] });

const tensorType = message<TensorTypeProto>("TypeProto.Tensor", {
  elemType: [1, "int"],
  shape: [2, () => tensorShape],
});

const type = message<TypeProto>("TypeProto", {
  tensorType: [1, () => tensorType],
  sequenceType: [4, "bytes"],
  mapType: [5, "bytes"],
  optionalType: [9, "bytes"],
  sparseTensorType: [8, "bytes"],
});

const valueInfo = message<ValueInfoProto>("ValueInfoProto", {
  name: [1, "string"],
  type: [2, () => type],
  docString: [3, "string"],
});

export const tensorMessage = message<TensorProto>("TensorProto", {
  dims: [1, "int", "repeated"],
  dataType: [2, "int"],
  floatData: [4, "floats"],
  int32Data: [5, "int32s"],
  stringData: [6, "bytes", "repeated"],
  int64Data: [7, "int64s"],
  name: [8, "string"],
  docString: [12, "string"],
  rawData: [9, "bytes"],
  doubleData: [10, "doubles"],
  uint64Data: [11, "uint64s"],
  externalData: [13, () => stringEntry, "repeated"],
  dataLocation: [14, "int"],
});

const sparseTensor = message<SparseTensorProto>("SparseTensorProto", {
  values: [1, () => tensorMessage],
  indices: [2, () => tensorMessage],
  dims: [3, "int", "repeated"],
});

const attribute = message<AttributeProto>("AttributeProto", {
  name: [1, "string"],
  refAttrName: [21, "string"],
  docString: [13, "string"],
  type: [20, "int"],
  f: [2, "float"],
  i: [3, "int"],
  s: [4, "bytes"],
  t: [5, () => tensorMessage],
  g: [6, () => graph],
  sparseTensor: [22, () => sparseTensor],
  floats: [7, "floats"],
  ints: [8, "int", "repeated"],
  strings: [9, "bytes", "repeated"],
  tensors: [10, () => tensorMessage, "repeated"],
  graphs: [11, () => graph, "repeated"],
});

const node = message<NodeProto>("NodeProto", {
  input: [1, "string", "repeated"],
  output: [2, "string", "repeated"],
  name: [3, "string"],
  opType: [4, "string"],
  domain: [7, "string"],
  attribute: [5, () => attribute, "repeated"],
  docString: [6, "string"],
});

const graph: Message = message<GraphProto>("GraphProto", {
  node: [1, () => node, "repeated"],
  name: [2, "string"],
  initializer: [5, () => tensorMessage, "repeated"],
  sparseInitializer: [15, () => sparseTensor, "repeated"],
  docString: [10, "string"],
  input: [11, () => valueInfo, "repeated"],
  output: [12, () => valueInfo, "repeated"],
  valueInfo: [13, () => valueInfo, "repeated"],
});

const functionMessage = message<FunctionProto>("FunctionProto", {
  name: [1, "string"],
  domain: [10, "string"],
});

export const modelMessage = message<ModelProto>("ModelProto", {
  irVersion: [1, "int"],
  opsetImport: [8, () => operatorSetId, "repeated"],
  producerName: [2, "string"],
  producerVersion: [3, "string"],
  domain: [4, "string"],
  modelVersion: [5, "int"],
  docString: [6, "string"],
  graph: [7, () => graph],
  metadataProps: [14, () => stringEntry, "repeated"],
  functions: [25, () => functionMessage, "repeated"],
});
