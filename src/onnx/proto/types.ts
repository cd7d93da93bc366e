// The messages of an ONNX file as plain objects, by the names of onnx.proto in camelCase. Optional fields that a file
// leaves out are undefined, repeated ones empty.

/** A whole file. */
export interface ModelProto {
  /** Version of the file format, which goes with the version of onnx. */
  readonly irVersion?: number;
  readonly opsetImport: readonly OperatorSetId[];
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly domain?: string;
  readonly modelVersion?: number;
  readonly docString?: string;
  readonly graph?: GraphProto;
  readonly metadataProps: readonly StringEntry[];
  readonly functions: readonly FunctionProto[];
}

/** Which version of a domain's operators the nodes mean; the domain of ONNX itself is "". */
export interface OperatorSetId {
  readonly domain?: string;
  readonly version?: number;
}

export interface StringEntry {
  readonly key?: string;
  readonly value?: string;
}

export interface GraphProto {
  readonly node: readonly NodeProto[];
  readonly name?: string;
  readonly initializer: readonly TensorProto[];
  readonly sparseInitializer: readonly SparseTensorProto[];
  readonly docString?: string;
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
  readonly valueInfo: readonly ValueInfoProto[];
}

/** One application of an operator. An optional input or output that is absent is "", or the list ends before it. */
export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly domain?: string;
  readonly attribute: readonly AttributeProto[];
  readonly docString?: string;
}

/** Values of `AttributeProto.type`. */
export const AttributeType = {
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  GRAPH: 5,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
  TENSORS: 9,
  GRAPHS: 10,
  SPARSE_TENSOR: 11,
  SPARSE_TENSORS: 12,
  TYPE_PROTO: 13,
  TYPE_PROTOS: 14,
} as const;

export interface AttributeProto {
  readonly name?: string;
  readonly refAttrName?: string;
  readonly docString?: string;
  /** Which of the fields below is in use: one of {@link AttributeType}. */
  readonly type?: number;
  readonly f?: number;
  /** Rounded beyond 2^53, such as the INT64_MAX that means "to the end". */
  readonly i?: number;
  /** UTF-8. */
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly g?: GraphProto;
  readonly sparseTensor?: SparseTensorProto;
  readonly floats?: Float32Array;
  readonly ints: readonly number[];
  readonly strings: readonly Uint8Array[];
  readonly tensors: readonly TensorProto[];
  readonly graphs: readonly GraphProto[];
}

/** Values of `TensorProto.dataType` and of a type's `elemType`. */
export const DataType = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
  BFLOAT16: 16,
  FLOAT8E4M3FN: 17,
  FLOAT8E4M3FNUZ: 18,
  FLOAT8E5M2: 19,
  FLOAT8E5M2FNUZ: 20,
  UINT4: 21,
  INT4: 22,
} as const;

/** Numbers with a shape. They lie in one of the `...Data` fields, little-endian in `rawData`, or in another file. */
export interface TensorProto {
  readonly dims: readonly number[];
  /** One of {@link DataType}. */
  readonly dataType?: number;
  readonly floatData?: Float32Array;
  /** Also of int16, int8, uint16, uint8, bool, and the bits of float16 and bfloat16. */
  readonly int32Data?: Int32Array;
  readonly stringData: readonly Uint8Array[];
  readonly int64Data?: BigInt64Array;
  readonly name?: string;
  readonly docString?: string;
  readonly rawData?: Uint8Array;
  readonly doubleData?: Float64Array;
  /** Also of uint32. */
  readonly uint64Data?: BigUint64Array;
  /** "location", "offset", "length" in bytes, where `dataLocation` is 1. */
  readonly externalData: readonly StringEntry[];
  readonly dataLocation?: number;
}

export interface SparseTensorProto {
  readonly values?: TensorProto;
  readonly indices?: TensorProto;
  readonly dims: readonly number[];
}

/** Name and type of a value. */
export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: TypeProto;
  readonly docString?: string;
}

export interface TypeProto {
  readonly tensorType?: TensorTypeProto;
  /** What is not a dense tensor: known only to be there. */
  readonly sequenceType?: Uint8Array;
  readonly mapType?: Uint8Array;
  readonly optionalType?: Uint8Array;
  readonly sparseTensorType?: Uint8Array;
}

export interface TensorTypeProto {
  /** One of {@link DataType}. */
  readonly elemType?: number;
  /** Absent where not even the rank is known. */
  readonly shape?: TensorShapeProto;
}

export interface TensorShapeProto {
  readonly dim: readonly DimensionProto[];
}

/** A size: a number, a name, or neither. */
export interface DimensionProto {
  readonly dimValue?: number;
  readonly dimParam?: string;
}

export interface FunctionProto {
  readonly name?: string;
  readonly domain?: string;
}

/** A message to write: what is left out is not written. */
export type Draft<T> = T extends ArrayBufferView | string | number | undefined
  ? T
  : T extends readonly (infer E)[]
    ? readonly Draft<E>[]
    : { readonly [K in keyof T]?: Draft<T[K]> };
