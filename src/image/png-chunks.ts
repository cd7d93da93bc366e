import { check } from "../errors.js";

/** The first bytes of every PNG. */
export const pngSignature: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export interface Chunk {
  /** Four letters; a capital first one marks a chunk that a decoder must understand. */
  readonly type: string;
  readonly data: Uint8Array;
}

// Around the data of a chunk: its length, its type, and the checksum of type and data.
const FRAME_BYTES = 12;

/** The chunks of a PNG file up to IEND, checksums verified. */
export function* readChunks(bytes: Uint8Array, name: string): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = pngSignature.length; ; ) {
    check(
      offset + FRAME_BYTES <= bytes.length,
      () => `${name}: the PNG file ends after ${bytes.length} bytes without its IEND chunk. It is truncated.`,
    );
    const length = view.getUint32(offset);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    const end = offset + FRAME_BYTES + length;
    check(
      end <= bytes.length,
      () =>
        `${name}: the PNG chunk ${JSON.stringify(type)} at byte ${offset} should take ${length} bytes, but the file ends before. It is truncated or damaged.`,
    );
    check(
      view.getUint32(end - 4) === crc32(bytes.subarray(offset + 4, end - 4)),
      () =>
        `${name}: the PNG chunk ${JSON.stringify(type)} at byte ${offset} is damaged: its checksum is wrong.`,
    );
    yield { type, data: bytes.subarray(offset + 8, end - 4) };
    if (type === "IEND") return;
    offset = end;
  }
}

/** A PNG file of chunks. */
export function writeChunks(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const size = chunks.reduce((sum, { data }) => sum + FRAME_BYTES + data.length, pngSignature.length);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  file.set(pngSignature);
  let offset = pngSignature.length;
  for (const { type, data } of chunks) {
    view.setUint32(offset, data.length);
    file.set(new TextEncoder().encode(type), offset + 4);
    file.set(data, offset + 8);
    const end = offset + 8 + data.length;
    view.setUint32(end, crc32(file.subarray(offset + 4, end)));
    offset = end + 4;
  }
  return file;
}

let table: Uint32Array | undefined;

function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}
