import { spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFile, writeFileAtomic } from "#platform";
import { assert, rejectsMessage, skip, suite } from "../harness/suite.js";

const test = suite("files in Node");

let folder: string;
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "featuremap-"));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

test("what is written is read back, and nothing else is left in the folder", async () => {
  const path = join(folder, "weights");
  for (const length of [0, 1, 100_000]) {
    const bytes = new Uint8Array(length).fill(length % 256);
    await writeFileAtomic(path, bytes);
    assert.equal(await readFile(path), bytes);
  }
  assert.equal(readdirSync(folder), ["weights"]);
});

test("a replaced file keeps its permissions, and a link stays a link", async () => {
  const path = join(folder, "private");
  const link = join(folder, "link");
  writeFileSync(path, "old", { mode: 0o600 });
  symlinkSync(path, link);
  await writeFileAtomic(link, new Uint8Array([110, 101, 119]));
  assert.is(readFileSync(path, "utf8"), "new");
  assert.is(statSync(path).mode & 0o777, 0o600);
});

test("errors name the path, the cause and the remedy", async () => {
  await rejectsMessage(
    readFile(join(folder, "nope")),
    /^Cannot read .*nope: there is no such file .* Check the path\.$/,
  );
  await rejectsMessage(readFile(folder), /it is a folder\. Give the path of a file\.$/);
  await rejectsMessage(
    writeFileAtomic(join(folder, "no/where"), new Uint8Array(1)),
    /^Cannot write .*: there is no such/,
  );
});

test("when there is no room the old file stays whole and nothing is left behind", async () => {
  const path = join(folder, "kept");
  writeFileSync(path, "old");
  const before = readdirSync(folder);
  // A limit on the size of files stands in for a full disk: the write fails half-way.
  const limitFiles = (bytes: string) =>
    spawnSync("prlimit", [`--pid=${process.pid}`, `--fsize=${bytes}:`]).status === 0;
  if (!limitFiles("1024")) skip("needs prlimit");
  try {
    await rejectsMessage(
      writeFileAtomic(path, new Uint8Array(100_000)),
      /^Cannot write .*kept: .*What was there before is unchanged\.$/,
    );
  } finally {
    limitFiles("unlimited");
  }
  assert.equal(readdirSync(folder), before);
  assert.is(readFileSync(path, "utf8"), "old");
});

if (process.platform === "linux") {
  test("a device is written to, not replaced", () =>
    rejectsMessage(writeFileAtomic("/dev/full", new Uint8Array(10)), /the disk is full\. Free some space/));
}

test.run();
