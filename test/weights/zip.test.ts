// Zip files by hand: directories that lie, and numbers of 64 bits.

import { readZip } from "../../src/weights/zip.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("zip files");

const u16 = (...values: number[]): number[] => values.flatMap((value) => [value & 255, value >> 8]);
const u32 = (...values: number[]): number[] =>
  values.flatMap((value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]);
const u64 = (...values: number[]): number[] => values.flatMap((value) => u32(value, 0));
const text = (name: string): number[] => [...name].map((char) => char.charCodeAt(0));

/** Stands for a number that follows in 64 bits. */
const LATER = 0xffffffff;

/** A file before its data. */
function local(name: string, size: number): number[] {
  return [...u32(0x04034b50), ...u16(20, 0, 0, 0, 0), ...u32(0, size, size), ...u16(name.length, 0), ...text(name)]; // biome-ignore format: fields
}

interface Listed {
  name: string;
  at: number;
  size: number;
  packed?: number;
  method?: number;
  extra?: number[];
}

/** What the directory says of a file. */
function listed({ name, at, size, packed = size, method = 0, extra = [] }: Listed): number[] {
  return [
    ...u32(0x02014b50),
    ...u16(20, 20, 0, method, 0, 0),
    ...u32(0, packed, size),
    ...u16(name.length, extra.length, 0, 0, 0),
    ...u32(0, at),
    ...text(name),
    ...extra,
  ];
}

function zip(files: number[], directory: readonly Listed[]): Uint8Array {
  const entries = directory.flatMap(listed);
  const end = [...u32(0x06054b50), ...u16(0, 0, directory.length, directory.length)];
  return Uint8Array.from([...files, ...entries, ...end, ...u32(entries.length, files.length), ...u16(0)]);
}

const a = [...local("a", 3), 1, 2, 3];
const b = [...local("b", 2), 4, 5];

test("files side by side are read, in whatever order they are listed", () => {
  const [first, second] = [
    { name: "a", at: 0, size: 3 },
    { name: "b", at: a.length, size: 2 },
  ];
  for (const directory of [
    [first, second],
    [second, first],
  ]) {
    const files = readZip(zip([...a, ...b], directory), "x.zip");
    assert.equal(
      [...files.keys()],
      directory.map(({ name }) => name),
    );
    assert.equal([[...files.get("a")!.bytes], [...files.get("b")!.bytes]], [[1, 2, 3], [4, 5]]); // biome-ignore format: pairs
  }
});

test("files that share bytes are refused", () => {
  // One within the other's data, of which the last byte is shared, and two names of one file.
  const within = [...local("a", b.length), ...b];
  const at = within.length - b.length;
  for (const directory of [
    [{ name: "a", at: 0, size: b.length }, { name: "b", at, size: 2 }],
    [{ name: "b", at, size: 2 }, { name: "a", at: 0, size: b.length }],
    [{ name: "a", at: 0, size: 1 }, { name: "c", at: 0, size: 1 }],
    [{ name: "a", at: 0, size: 1 }, { name: "b", at, size: 2 }],
  ]) // biome-ignore format: pairs
    throwsMessage(
      () => readZip(zip(within, directory), "x.zip"),
      /^x\.zip: files in the zip file overlap; it is damaged/,
    );
});

test("sizes and places in 64 bits are taken from where the entry has them, in their order", () => {
  const files = [...a, ...b];
  const field = (...values: number[]): number[] => [...u16(1, 8 * values.length), ...u64(...values)];
  const other = [...u16(0x7075, 3), 9, 9, 9];
  const cases: Listed[] = [
    { name: "b", at: LATER, size: LATER, packed: LATER, extra: field(2, 2, a.length) },
    { name: "b", at: a.length, size: LATER, packed: LATER, extra: [...other, ...field(2, 2)] },
    { name: "b", at: a.length, size: 2, packed: LATER, extra: field(2) },
    { name: "b", at: a.length, size: LATER, packed: 2, extra: field(2) },
    { name: "b", at: LATER, size: 2, extra: field(a.length) },
  ];
  for (const one of cases) {
    const entry = readZip(zip(files, [one]), "x.zip").get("b")!;
    assert.equal([[...entry.bytes], entry.size], [[4, 5], 2]);
  }
  // Packed, the two sizes differ: first that of the file, then that of its bytes here.
  const deflated = { name: "b", at: a.length, size: LATER, packed: LATER, method: 8, extra: field(700, 2) };
  const entry = readZip(zip(files, [deflated]), "x.zip").get("b")!;
  assert.equal([[...entry.bytes], entry.size, entry.deflated], [[4, 5], 700, true]);
});

test.run();
