import { check } from "../../errors.js";
import { type Shape, sizeOf } from "../../tensor.js";
import { fromBfloat16, fromFloat16 } from "../../weights/half.js";
import { type Draft, DataType as T, type TensorProto } from "./types.js";

/** Element types whose numbers can be read. */
export type Dtype =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool";

/** Numbers of any element type. Half precision is widened to Float32Array, bool is 0 and 1. */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** A tensor on the host, exact in its own element type. */
export interface HostTensor {
  readonly dtype: Dtype;
  readonly shape: Shape;
  readonly data: Numbers;
}

/** Names of the element types as onnx.proto numbers them. */
const names: readonly string[] = Object.keys(T);

/** The name that onnx.proto has for an element type: "FLOAT16". */
export function dataTypeName(type: number): string {
  return names.find((name) => T[name as keyof typeof T] === type) ?? `number ${type}`;
}

interface Layout {
  readonly dtype: Dtype;
  /** Size of an element in `rawData`. */
  readonly bytes: number;
  /** The field that has the numbers where `rawData` does not. */
  readonly field: "floatData" | "doubleData" | "int32Data" | "int64Data" | "uint64Data";
  /** An array of so many zeros, or of the bytes of a buffer. */
  readonly Array: new (
    from: number | ArrayBuffer,
  ) => Numbers;
  /** What the bits in that array mean, where that is not what they say. */
  readonly widen?: (bits: Uint16Array) => Float32Array;
}

const layouts = new Map<number, Layout>([
  [T.FLOAT, { dtype: "float32", bytes: 4, field: "floatData", Array: Float32Array }],
  [T.DOUBLE, { dtype: "float64", bytes: 8, field: "doubleData", Array: Float64Array }],
  [T.FLOAT16, { dtype: "float16", bytes: 2, field: "int32Data", Array: Uint16Array, widen: fromFloat16 }],
  [T.BFLOAT16, { dtype: "bfloat16", bytes: 2, field: "int32Data", Array: Uint16Array, widen: fromBfloat16 }],
  [T.INT8, { dtype: "int8", bytes: 1, field: "int32Data", Array: Int8Array }],
  [T.INT16, { dtype: "int16", bytes: 2, field: "int32Data", Array: Int16Array }],
  [T.INT32, { dtype: "int32", bytes: 4, field: "int32Data", Array: Int32Array }],
  [T.INT64, { dtype: "int64", bytes: 8, field: "int64Data", Array: BigInt64Array }],
  [T.UINT8, { dtype: "uint8", bytes: 1, field: "int32Data", Array: Uint8Array }],
  [T.UINT16, { dtype: "uint16", bytes: 2, field: "int32Data", Array: Uint16Array }],
  [T.UINT32, { dtype: "uint32", bytes: 4, field: "uint64Data", Array: Uint32Array }],
  [T.UINT64, { dtype: "uint64", bytes: 8, field: "uint64Data", Array: BigUint64Array }],
  [T.BOOL, { dtype: "bool", bytes: 1, field: "int32Data", Array: Uint8Array }],
]);

/** The element type that has this number in onnx.proto. Throws for those whose numbers cannot be read. */
export function dtypeOf(what: string, type: number | undefined): Dtype {
  const layout = layouts.get(type ?? 0);
  check(
    layout,
    () =>
      `${what} has elements of the type ${dataTypeName(type ?? 0)}, which is not supported. Use one of ` +
      `${[...layouts.keys()].map(dataTypeName).join(", ")}.`,
  );
  return layout.dtype;
}

/** The number that an element type has in onnx.proto. */
export function dataTypeOf(dtype: Dtype): number {
  for (const [type, layout] of layouts) if (layout.dtype === dtype) return type;
  throw new RangeError(dtype);
}

/** Zeros of an element type. */
export function zeros(dtype: Dtype, count: number): Numbers {
  const layout = layouts.get(dataTypeOf(dtype))!;
  return layout.widen ? new Float32Array(count) : new layout.Array(count);
}

/** Axes that a value may have. */
export const MOST_AXES = 32;
/** Numbers that a value without any would have, if its empty axes had one place. */
const MOST_BESIDE_NOTHING = 2 ** 22;

/** Throws for shapes that make work beyond what their numbers do: of very many axes, or of no numbers along long ones. */
export function checkShape(what: string, shape: Shape): void {
  check(
    shape.length <= MOST_AXES,
    () => `${what} has a shape of ${shape.length} axes; ${MOST_AXES} are allowed.`,
  );
  const beside = shape.includes(0) ? sizeOf(shape.map((size) => size || 1)) : 0;
  check(
    shape.every((size) => Number.isSafeInteger(size) && size >= 0) &&
      Number.isSafeInteger(sizeOf(shape)) &&
      beside <= MOST_BESIDE_NOTHING,
    () => `${what} has the shape [${shape}], which cannot be.`,
  );
}

/**
 * A tensor's numbers, checked against its shape.
 * @param what names it in errors: `The initializer "fc.weight"`
 * @param external its bytes, where they lie in another file
 */
export function readNumbers(what: string, tensor: TensorProto, external?: Uint8Array): HostTensor {
  const { dims, dataType, dataLocation = 0 } = tensor;
  const dtype = dtypeOf(what, dataType);
  const layout = layouts.get(dataType!)!;
  checkShape(what, dims);
  const count = sizeOf(dims);
  check(
    dataLocation === 0 || external,
    () => `${what}: its numbers lie in another file, which was not given.`,
  );
  const raw = dataLocation === 0 ? tensor.rawData : external;
  const listed: Numbers | undefined = raw ? undefined : tensor[layout.field];
  const given = raw ? raw.length / layout.bytes : (listed?.length ?? 0);
  check(
    given === count,
    () => `${what}: ${given} values do not fill the shape [${dims}]: the file is damaged.`,
  );
  const bits = raw ? new layout.Array(copyOf(raw)) : converted(layout, listed, count);
  const data = layout.widen ? layout.widen(bits as Uint16Array) : bits;
  if (dtype === "bool") for (let i = 0; i < count; i++) data[i] = data[i] ? 1 : 0;
  return { dtype, shape: dims, data };
}

/** Numbers of the field as the element type has them: int32 as int8, uint64 as uint32. */
function converted(layout: Layout, listed: Numbers | undefined, count: number): Numbers {
  const data = new layout.Array(count);
  if (!listed) return data;
  const big = typeof data[0] === "bigint";
  for (let i = 0; i < count; i++) data[i] = big ? listed[i]! : Number(listed[i]);
  return data;
}

/** Bytes at an aligned address, of their own. */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}

/** A tensor as a message, its numbers in `rawData`, without copying them. Half precision is refused. */
export function tensorProto(name: string, { dtype, shape, data }: HostTensor): Draft<TensorProto> {
  check(
    dtype !== "float16" && dtype !== "bfloat16",
    () => `The tensor "${name}" is of ${dtype}, which cannot be written.`,
  );
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: shape, dataType: dataTypeOf(dtype), rawData };
}
