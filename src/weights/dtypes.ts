import { check } from "../errors.js";
import { fromBfloat16, fromFloat16 } from "./half.js";

interface NumberArray {
  readonly length: number;
  readonly [index: number]: number | bigint;
}

interface Dtype {
  /** Size of one element. */
  readonly bytes: number;
  /** The elements of little-endian bytes at an aligned address. */
  readonly read: (buffer: ArrayBuffer) => NumberArray;
  /** Whether some of its values are not float32 numbers. */
  readonly wide?: "integer" | "float";
}

/** The element types that files may hold, by their safetensors names. */
export const dtypes: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ["F32", { bytes: 4, read: (buffer) => new Float32Array(buffer) }],
  ["F16", { bytes: 2, read: (buffer) => fromFloat16(new Uint16Array(buffer)) }],
  ["BF16", { bytes: 2, read: (buffer) => fromBfloat16(new Uint16Array(buffer)) }],
  ["F64", { bytes: 8, read: (buffer) => new Float64Array(buffer), wide: "float" }],
  ["BOOL", { bytes: 1, read: (buffer) => new Uint8Array(buffer).map((byte) => (byte === 0 ? 0 : 1)) }],
  ["U8", { bytes: 1, read: (buffer) => new Uint8Array(buffer) }],
  ["I8", { bytes: 1, read: (buffer) => new Int8Array(buffer) }],
  ["U16", { bytes: 2, read: (buffer) => new Uint16Array(buffer) }],
  ["I16", { bytes: 2, read: (buffer) => new Int16Array(buffer) }],
  ["U32", { bytes: 4, read: (buffer) => new Uint32Array(buffer), wide: "integer" }],
  ["I32", { bytes: 4, read: (buffer) => new Int32Array(buffer), wide: "integer" }],
  ["U64", { bytes: 8, read: (buffer) => new BigUint64Array(buffer), wide: "integer" }],
  ["I64", { bytes: 8, read: (buffer) => new BigInt64Array(buffer), wide: "integer" }],
]);

/**
 * Little-endian bytes of a dtype as float32 numbers.
 *
 * Integers must be float32 numbers exactly, which all up to 2^24 are; F64 is rounded to the nearest float32.
 * @param what names the tensor and its file in errors
 * @param own whether the bytes are nobody else's: then float32 numbers are a view of them where they are aligned
 */
export function toFloat32(dtype: Dtype, bytes: Uint8Array, what: string, own = false): Float32Array {
  if (own && dtype === dtypes.get("F32") && bytes.byteOffset % 4 === 0) {
    return new Float32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / 4);
  }
  // The copy is aligned, and does not keep the whole file alive.
  const source = dtype.read(copyOf(bytes));
  if (source instanceof Float32Array) return source;
  const values = new Float32Array(source.length);
  for (let i = 0; i < values.length; i++) values[i] = Number(source[i]);
  if (dtype.wide === "integer") {
    for (let i = 0; i < values.length; i++) {
      check(
        Math.abs(Number(source[i])) <= 2 ** 24,
        () =>
          `${what}: the integer ${source[i]} at element ${i} is beyond 2^24, so float32 may not hold it exactly. Leave it out of the file or store it as F32.`,
      );
    }
  } else if (dtype.wide === "float") {
    for (let i = 0; i < values.length; i++) {
      check(
        Number.isFinite(values[i]) || !Number.isFinite(source[i]),
        () => `${what}: the value ${source[i]} at element ${i} is too large for float32.`,
      );
    }
  }
  return values;
}

/** Whether a value out of a file's header is a list of sizes or offsets. */
export function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}
