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

/** A PNG file for a decoder that does not look at checksums: they stay zero. */
export function joinChunks(chunks: readonly { type: string; data: readonly Uint8Array[] }[]): Uint8Array {
  const lengths = chunks.map(({ data }) => data.reduce((sum, piece) => sum + piece.length, 0));
  const file = new Uint8Array(
    lengths.reduce((sum, length) => sum + FRAME_BYTES + length, pngSignature.length),
  );
  const view = new DataView(file.buffer);
  file.set(pngSignature);
  let offset = pngSignature.length;
  chunks.forEach(({ type, data }, i) => {
    view.setUint32(offset, lengths[i]!);
    file.set(new TextEncoder().encode(type), offset + 4);
    offset += 8;
    for (const piece of data) {
      file.set(piece, offset);
      offset += piece.length;
    }
    offset += 4;
  });
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
