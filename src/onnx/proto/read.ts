import { PbfReader } from "pbf";
import { FeatureMapError } from "../../errors.js";
import { type Field, type Message, modelMessage, type NumbersKind, tensorMessage } from "./schema.js";
import type { ModelProto, TensorProto } from "./types.js";

/** Kinds of encoding on the wire. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Messages inside messages at most: protobuf's own limit. */
const DEPTH = 100;

/** Messages in a file at most: each takes many times the memory that it takes in the file. */
const MOST_MESSAGES = 2 ** 20;

type Numbers = Float32Array | Float64Array | Int32Array | BigInt64Array | BigUint64Array;

/**
 * Parses an ONNX file. Bytes (`rawData`, strings of attributes) are parts of the given array, not copies.
 * @param file names it in errors
 */
export function readModel(bytes: Uint8Array, file = "The file"): ModelProto {
  return new Reader(bytes, file).message(modelMessage, bytes.length, 0) as unknown as ModelProto;
}

/** Parses a tensor in a file of its own (`.pb`), as in ONNX's test data. */
export function readTensor(bytes: Uint8Array, file = "The tensor file"): TensorProto {
  return new Reader(bytes, file).message(tensorMessage, bytes.length, 0) as unknown as TensorProto;
}

/** A walk through the bytes that never leaves them: every length is compared with what encloses it. */
class Reader {
  readonly #pbf: PbfReader;
  readonly #bytes: Uint8Array;
  readonly #file: string;
  #messages = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.#pbf = new PbfReader(bytes);
    this.#bytes = bytes;
    this.#file = file;
  }

  /** A message that ends at `end`. */
  message(message: Message, end: number, depth: number): Record<string, unknown> {
    const pbf = this.#pbf;
    if (depth > DEPTH) this.#fail(`messages lie in messages more than ${DEPTH} deep`);
    if (++this.#messages > MOST_MESSAGES) this.#fail(`it has more than ${MOST_MESSAGES} parts`);
    const result: Record<string, unknown> = {};
    const chunks = new Map<Field, Numbers[]>();
    for (const field of message.byNumber.values()) if (field.repeated) result[field.name] = [];
    while (pbf.pos < end) {
      const tag = this.#int(end);
      const field = message.byNumber.get(Math.floor(tag / 8));
      if (tag < 8) this.#fail(`a field of ${message.name} has the number 0`);
      if (!field) this.#skip(tag % 8, end);
      else this.#field(field, tag % 8, end, depth, result, chunks);
    }
    for (const [{ name }, parts] of chunks) result[name] = join(parts);
    return result;
  }

  #field(
    field: Field,
    wire: number,
    end: number,
    depth: number,
    result: Record<string, unknown>,
    chunks: Map<Field, Numbers[]>,
  ): void {
    const { kind, name, repeated } = field;
    const put = (value: unknown): void => {
      if (repeated) (result[name] as unknown[]).push(value);
      else result[name] = value;
    };
    if (typeof kind === "string" && kind in numbers) {
      const parts = chunks.get(field) ?? [];
      if (parts.length === 0) chunks.set(field, parts);
      parts.push(this.#numbers(kind as NumbersKind, wire, end, name));
    } else if (kind === "int" && wire === BYTES && repeated) {
      const inner = this.#length(end);
      while (this.#pbf.pos < inner) put(this.#int(inner));
    } else if (kind === "int") {
      this.#expect(wire, VARINT, name);
      put(this.#int(end));
    } else if (kind === "float") {
      this.#expect(wire, FIXED32, name);
      this.#room(4, end);
      put(this.#pbf.readFloat());
    } else {
      this.#expect(wire, BYTES, name);
      const inner = this.#length(end);
      if (typeof kind === "object") put(this.message(kind, inner, depth + 1));
      else {
        const part = this.#bytes.subarray(this.#pbf.pos, inner);
        put(kind === "string" ? text(part) : part);
        this.#pbf.pos = inner;
      }
    }
  }

  /** Numbers in a row, or a single one where they were not packed. */
  #numbers(kind: NumbersKind, wire: number, end: number, name: string): Numbers {
    const pbf = this.#pbf;
    const { single } = numbers[kind];
    if (wire !== BYTES) this.#expect(wire, single, name);
    const inner = wire === BYTES ? this.#length(end) : single === VARINT ? this.#varintEnd(end) : 0;
    if (single === VARINT) {
      const values = new numbers[kind].Array(this.#countVarints(inner)) as BigInt64Array;
      for (let i = 0; i < values.length; i++) {
        const value = this.#int64(inner);
        values[i] = (kind === "int32s" ? Number(BigInt.asIntN(32, value)) : value) as bigint;
      }
      return values;
    }
    const size = single === FIXED32 ? 4 : 8;
    if (wire !== BYTES) this.#room(size, end);
    const bytes = wire === BYTES ? inner - pbf.pos : size;
    if (bytes % size !== 0) this.#fail(`${name} has ${bytes} bytes, which is not a multiple of ${size}`);
    const copy = new Uint8Array(bytes);
    copy.set(this.#bytes.subarray(pbf.pos, pbf.pos + bytes));
    pbf.pos += bytes;
    return new numbers[kind].Array(copy.buffer);
  }

  /** A varint as a number: exact up to 2^53. */
  #int(end: number): number {
    this.#varintEnd(end);
    return this.#pbf.readVarint(true);
  }

  /** A varint, exact. */
  #int64(end: number): bigint {
    const stop = this.#varintEnd(end);
    const { pos } = this.#pbf;
    if (stop - pos <= 7) return BigInt(this.#pbf.readVarint());
    let value = 0n;
    for (let i = stop - 1; i >= pos; i--) value = (value << 7n) | BigInt(this.#bytes[i]! & 0x7f);
    this.#pbf.pos = stop;
    return value;
  }

  /** Where the varint that begins here ends. */
  #varintEnd(end: number): number {
    const { pos } = this.#pbf;
    for (let i = pos; i < Math.min(end, pos + 10); i++) if (this.#bytes[i]! < 0x80) return i + 1;
    return this.#fail(
      end - pos < 10 ? "it ends in the middle of a number" : "a number takes more than 10 bytes",
    );
  }

  #countVarints(end: number): number {
    let count = 0;
    for (let i = this.#pbf.pos; i < end; i++) if (this.#bytes[i]! < 0x80) count++;
    if (end > this.#pbf.pos && this.#bytes[end - 1]! >= 0x80) this.#fail("it ends in the middle of a number");
    return count;
  }

  /** Reads a length; returns where what has it ends. */
  #length(end: number): number {
    const length = this.#int(end);
    const rest = end - this.#pbf.pos;
    if (length < 0 || length > rest) this.#fail(`${length} bytes are announced where ${rest} are left`);
    return this.#pbf.pos + length;
  }

  #skip(wire: number, end: number): void {
    if (wire === VARINT) this.#pbf.pos = this.#varintEnd(end);
    else if (wire === BYTES) this.#pbf.pos = this.#length(end);
    else if (wire === FIXED32 || wire === FIXED64) {
      const size = wire === FIXED32 ? 4 : 8;
      this.#room(size, end);
      this.#pbf.pos += size;
    } else this.#fail(`a field is encoded in a way (${wire}) that protobuf does not have`);
  }

  #room(bytes: number, end: number): void {
    if (end - this.#pbf.pos < bytes) this.#fail("it ends in the middle of a number");
  }

  #expect(wire: number, expected: number, name: string): void {
    if (wire !== expected) this.#fail(`${name} is encoded as ${wire}, not as ${expected}`);
  }

  #fail(what: string): never {
    throw new FeatureMapError(
      `${this.#file} is not an ONNX file, or is damaged: at byte ${this.#pbf.pos}, ${what}.`,
    );
  }
}

/** How arrays of numbers are encoded when they are not packed, and what they become. */
const numbers: Record<NumbersKind, { single: number; Array: new (from: number | ArrayBuffer) => Numbers }> = {
  floats: { single: FIXED32, Array: Float32Array },
  doubles: { single: FIXED64, Array: Float64Array },
  int32s: { single: VARINT, Array: Int32Array },
  int64s: { single: VARINT, Array: BigInt64Array },
  uint64s: { single: VARINT, Array: BigUint64Array },
};

function join(parts: readonly Numbers[]): Numbers {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const Kind = first!.constructor as new (length: number) => BigInt64Array;
  const all = new Kind(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part as BigInt64Array, offset);
    offset += part.length;
  }
  return all;
}

const decoder = new TextDecoder();

/** UTF-8 bytes as a string. */
export function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
