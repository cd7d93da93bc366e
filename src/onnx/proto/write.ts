import { PbfWriter } from "pbf";
import { check } from "../../errors.js";
import { type Field, type Kind, type Message, modelMessage, tensorMessage } from "./schema.js";
import type { Draft, ModelProto, TensorProto } from "./types.js";

/** The bytes of an ONNX file. Fields that are undefined, and empty lists, are left out. */
export function writeModel(model: Draft<ModelProto>): Uint8Array {
  return written(modelMessage, model);
}

/** The bytes of a tensor in a file of its own (`.pb`). */
export function writeTensor(tensor: Draft<TensorProto>): Uint8Array {
  return written(tensorMessage, tensor);
}

function written(message: Message, value: object): Uint8Array {
  // With room for a number of any length, which the writer wants to see before each.
  const pbf = new PbfWriter(new Uint8Array(messageBytes(message, value) + 16));
  writeMessage(message, value, pbf);
  return pbf.finish();
}

type Bytes = Uint8Array | Float32Array;

function writeMessage(message: Message, value: object, pbf: PbfWriter): void {
  const known = new Set([...message.byNumber.values()].map(({ name }) => name));
  const unknown = Object.keys(value).find((name) => !known.has(name));
  check(unknown === undefined, () => `${message.name} has no field "${unknown}".`);
  for (const field of message.byNumber.values()) {
    const content = (value as Record<string, unknown>)[field.name];
    if (content === undefined) continue;
    for (const item of field.repeated ? (content as unknown[]) : [content]) writeField(field, item, pbf);
  }
}

/** At most the largest int64 that is a double. */
const int64 = (value: number): number => Math.min(value, 2 ** 63 - 1024);

function writeField({ number, kind }: Field, value: unknown, pbf: PbfWriter): void {
  if (kind === "int") pbf.writeVarintField(number, int64(value as number));
  else if (kind === "float") pbf.writeFloatField(number, value as number);
  else if (kind === "string") pbf.writeBytesField(number, encode(value as string));
  else if (kind === "bytes") pbf.writeBytesField(number, value as Uint8Array);
  else if (typeof kind === "object") {
    // The length is known beforehand, so that large tensors are not moved to make room for it.
    pbf.writeTag(number, 2);
    pbf.writeVarint(messageBytes(kind, value as object));
    writeMessage(kind, value as object, pbf);
  } else if ((value as Bytes).length > 0) {
    pbf.writeBytesField(number, packed(kind, value as Float32Array));
  }
}

/** Numbers as packed bytes, little-endian as every machine that runs WebAssembly. */
function packed(kind: Kind, values: Float32Array | BigInt64Array | Int32Array): Uint8Array {
  if (kind === "floats" || kind === "doubles")
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes: number[] = [];
  for (const value of values) {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
  }
  return Uint8Array.from(bytes);
}

function messageBytes(message: Message, value: object): number {
  let bytes = 0;
  for (const field of message.byNumber.values()) {
    const content = (value as Record<string, unknown>)[field.name];
    if (content === undefined) continue;
    for (const item of field.repeated ? (content as unknown[]) : [content]) bytes += fieldBytes(field, item);
  }
  return bytes;
}

function fieldBytes({ number, kind }: Field, value: unknown): number {
  const tag = varintBytes(number * 8);
  if (kind === "int") return tag + varintBytes(int64(value as number));
  if (kind === "float") return tag + 4;
  let length: number;
  if (typeof kind === "object") length = messageBytes(kind, value as object);
  else if (kind === "string") length = encode(value as string).length;
  else if (kind === "bytes") length = (value as Uint8Array).length;
  else if ((value as Bytes).length === 0) return 0;
  else length = packed(kind, value as Float32Array).length;
  return tag + varintBytes(length) + length;
}

function varintBytes(value: number): number {
  if (value < 0) return 10;
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

const encoder = new TextEncoder();

/** A string as UTF-8 bytes. */
export function encode(value: string): Uint8Array {
  return encoder.encode(value);
}
