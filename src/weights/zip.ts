// The directory of a zip file. The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

import { check } from "../errors.js";
import { ByteReader } from "./byte-reader.js";

/** One file in a zip file. */
export interface ZipEntry {
  readonly name: string;
  /** As it lies in the zip file: a view. */
  readonly bytes: Uint8Array;
  /** Whether it is deflated, to `bytes` from `size`. */
  readonly deflated: boolean;
  readonly size: number;
}

const END_BYTES = 22;
const COMMENT_LIMIT = 65_535;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_64_BYTES = 20;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const EXTRA_64 = 1;
/** In place of what is said in the entry's field for 64 bits. */
const ELSEWHERE = 0xffffffff;

/** Whether the bytes begin as a zip file does. */
export function isZip(file: Uint8Array): boolean {
  return file[0] === 0x50 && file[1] === 0x4b && (file[2] === 3 || file[2] === 5);
}

/**
 * The files in a zip file, by name, without a copy of any. Nothing is unpacked.
 * @param name of the zip file, for errors
 * @throws FeatureMapError for a damaged directory, encrypted files, and files that share bytes
 */
export function readZip(file: Uint8Array, name: string): Map<string, ZipEntry> {
  const reader = new ByteReader(file, name);
  const { count, offset } = findDirectory(file, reader, name);
  const entries = new Map<string, ZipEntry>();
  const places: [number, number][] = [];
  let at = offset;
  for (let i = 0; i < count; i++) {
    const entry = directoryEntry(reader, at, name);
    at = reader.position;
    if (entry.name.endsWith("/")) continue;
    check(!entries.has(entry.name), () => `${name}: "${entry.name}" stands twice in the zip file.`);
    const bytes = localBytes(reader, entry, name);
    places.push([entry.offset, reader.position]);
    entries.set(entry.name, { name: entry.name, bytes, deflated: entry.method === 8, size: entry.size });
    reader.position = at;
  }
  places.sort(([a], [b]) => a - b);
  check(
    places.every(([begin], i) => i === 0 || begin >= places[i - 1]![1]),
    `${name}: files in the zip file overlap; it is damaged.`,
  );
  return entries;
}

interface DirectoryEntry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** At the file's end, before a comment; in large files that points to a record with numbers of 64 bits. */
function findDirectory(
  file: Uint8Array,
  reader: ByteReader,
  name: string,
): { count: number; offset: number } {
  let end = file.length - END_BYTES;
  const last = Math.max(0, end - COMMENT_LIMIT);
  const isEnd = (at: number): boolean =>
    file[at] === 0x50 && file[at + 1] === 0x4b && file[at + 2] === 5 && file[at + 3] === 6;
  while (end >= last && !isEnd(end)) end--;
  check(
    end >= last,
    () => `${name}: the zip file is truncated: its directory, which stands at the end, is missing.`,
  );
  reader.position = end + 10;
  const count = reader.u16();
  reader.position += 4;
  const offset = reader.u32();
  if (end < LOCATOR_64_BYTES) return { count, offset };
  reader.position = end - LOCATOR_64_BYTES;
  if (reader.u32() !== LOCATOR_64) return { count, offset };
  reader.position += 4;
  reader.position = inside(reader.u64(), file, name);
  check(reader.u32() === END_64, () => `${name}: the zip file's directory is damaged.`);
  reader.take(28);
  const count64 = reader.u64();
  reader.take(8);
  return { count: count64, offset: inside(reader.u64(), file, name) };
}

function inside(offset: number, file: Uint8Array, name: string): number {
  check(offset <= file.length, () => `${name}: the zip file's directory is damaged.`);
  return offset;
}

function directoryEntry(reader: ByteReader, at: number, file: string): DirectoryEntry {
  reader.position = at;
  check(
    reader.left >= 4 && reader.u32() === DIRECTORY_ENTRY,
    () => `${file}: the zip file's directory is damaged.`,
  );
  reader.take(4);
  const flags = reader.u16();
  const method = reader.u16();
  reader.take(8);
  let packed = reader.u32();
  let size = reader.u32();
  const [nameBytes, extraBytes, commentBytes] = [reader.u16(), reader.u16(), reader.u16()];
  reader.take(8);
  let offset = reader.u32();
  const name = new TextDecoder().decode(reader.take(nameBytes));
  const extra = new ByteReader(reader.take(extraBytes), file);
  while (extra.left >= 4) {
    const kind = extra.u16();
    const field = new ByteReader(extra.take(extra.u16()), file);
    if (kind !== EXTRA_64) continue;
    if (size === ELSEWHERE) size = field.u64();
    if (packed === ELSEWHERE) packed = field.u64();
    if (offset === ELSEWHERE) offset = field.u64();
  }
  reader.take(commentBytes);
  check(
    (flags & 1) === 0,
    () => `${file}: "${name}" in the zip file is encrypted. Save it without a password.`,
  );
  check(
    method === 0 || method === 8,
    () =>
      `${file}: "${name}" in the zip file is packed by method ${method}; 0 (stored) and 8 (deflate) are known.`,
  );
  check(
    method !== 0 || packed === size,
    () => `${file}: "${name}" in the zip file has ${packed} bytes stored instead of ${size}; it is damaged.`,
  );
  return { name, method, packed, size, offset };
}

function localBytes(reader: ByteReader, { name, packed, offset }: DirectoryEntry, file: string): Uint8Array {
  reader.position = 0;
  reader.take(offset);
  check(
    reader.left >= 4 && reader.u32() === LOCAL_ENTRY,
    () => `${file}: "${name}" is not where the zip file says.`,
  );
  reader.take(22);
  const nameBytes = reader.u16();
  reader.take(reader.u16() + nameBytes);
  return reader.take(packed);
}
