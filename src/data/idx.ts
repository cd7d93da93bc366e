import { check } from "../errors.js";
import { unpack } from "../platform/unpack.js";
import { formatShape, sizeOf } from "../tensor.js";
import type { Bytes } from "./from-arrays.js";

// The format (http://yann.lecun.com/exdb/mnist/): two zeros, the element type, the number of dimensions, each size as
// a 32-bit big-endian number, the elements.
const UNSIGNED_BYTE = 8;
const otherTypes: Readonly<Record<number, string>> = {
  9: "int8",
  11: "int16",
  12: "int32",
  13: "float32",
  14: "float64",
};
// Deflate at its best: 258 bytes in 2 bits.
const MOST_EXPANSION = 1032;

/**
 * Reads bytes in the idx format of MNIST, plain or gzipped.
 * @param name of the file, for errors
 */
export async function readIdx(bytes: Uint8Array, name = "idx"): Promise<Bytes> {
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const start = gzipped ? (await unpack([bytes], "gzip", 4 + 4 * 255, name)).data : bytes;
  const shape = readShape(start, name);
  const headerBytes = 4 + 4 * shape.length;
  const expected = headerBytes + sizeOf(shape);
  const wrongSize = (found: string): string =>
    `${name}: the idx header says ${formatShape(shape)}, that is ${expected} bytes with the header, but ${found}. The file is truncated or damaged.`;
  if (!gzipped) {
    check(bytes.length === expected, () => wrongSize(`the file has ${bytes.length}`));
    return { shape, data: bytes.subarray(headerBytes) };
  }
  check(expected <= bytes.length * MOST_EXPANSION, () =>
    wrongSize(`${bytes.length} compressed bytes cannot hold them`),
  );
  const { data, more } = await unpack([bytes], "gzip", expected, name);
  check(!more && data.length === expected, () =>
    wrongSize(more ? "there are more" : `there are ${data.length}`),
  );
  return { shape, data: data.subarray(headerBytes) };
}

function readShape(start: Uint8Array, name: string): number[] {
  const [zero, zeroToo, type, rank] = start as unknown as number[];
  check(zero === 0 && zeroToo === 0 && (type === UNSIGNED_BYTE || type! in otherTypes) && rank! >= 1, () => {
    const found = Array.from(start.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    return `${name}: this is not an idx file, which begins with the bytes 00 00 08 and the number of dimensions; here are ${found || "none"}.`;
  });
  check(
    type === UNSIGNED_BYTE,
    () => `${name}: idx files of ${otherTypes[type!]} are not supported; of unsigned bytes they are.`,
  );
  check(
    start.length >= 4 + 4 * rank!,
    () => `${name}: the idx file ends within its header of ${rank} dimensions.`,
  );
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  return Array.from({ length: rank! }, (_, d) => view.getUint32(4 + 4 * d));
}
