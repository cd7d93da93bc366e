// What a download goes on with: parts of the same file that begin where the last one ended, and drafts without an owner.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { folderCache } from "../../src/platform/cache-folder.js";
import { download } from "../../src/platform/download.js";
import { MemoryDraft } from "../../src/platform/draft.js";
import { type Manner, polite, RudeServer } from "../harness/rude-server.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("resumed downloads");

const file = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);
const [half, etag] = [500, '"of the file"'];
const tagged = { etag: () => etag };
const server = new RudeServer(file);
const hasty = { stallMs: 10_000, failures: 3, delayMs: 0 };
let folder: string;

test.before(() => server.start());
test.after(() => server.stop());
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), "featuremap-"));
});
test.after.each(() => rmSync(folder, { recursive: true }));

/** A part of the file, and what the server says about it. */
const part =
  (from: number, range: string): Manner =>
  (_, response) => {
    response.writeHead(206, { ETag: etag, "Content-Range": `bytes ${range}` });
    response.end(file.subarray(from));
  };

test("a part must begin where the last one ended, and be of a file of the same length", async () => {
  for (const wrong of [
    part(half - 10, `${half - 10}-999/1000`),
    part(half + 10, `${half + 10}-999/1000`),
    part(half, `${half}-999/1010`),
    part(half, `${half}-999/*`),
  ]) {
    const url = server.behaves(polite({ ...tagged, bytes: half }), wrong, polite(tagged));
    const draft = new MemoryDraft();
    await download(url, draft, {}, hasty);
    assert.equal(await draft.bytes(), file);
    assert.equal(server.ranges, ["", `bytes=${half}-`, ""], "then everything is fetched anew");
  }
});

test("what is whole already is not asked for", async () => {
  const url = server.behaves(polite(tagged));
  const draft = new MemoryDraft();
  await draft.begin({ etag, size: 1000 });
  await draft.write(file);
  const seen: unknown[] = [];
  await download(url, draft, { onProgress: (progress) => seen.push(progress) }, hasty);
  assert.equal(server.ranges, []);
  assert.equal(seen, [{ receivedBytes: 1000, totalBytes: 1000 }]);
  // Of a size that nobody knows, or without an ETag, that cannot be told.
  for (const [version, range] of [
    [{ etag }, "bytes=999-"],
    [{ size: 999 }, ""],
  ] as const) {
    server.ranges.length = 0;
    await draft.begin(version);
    await draft.write(file.subarray(0, 999));
    await download(url, draft, {}, hasty);
    assert.equal(server.ranges, [range]);
    assert.equal(await draft.bytes(), file);
  }
});

test("a server that gives a byte each time is asked a hundred times", async () => {
  const url = server.behaves(polite({ ...tagged, bytes: 1 }));
  const draft = new MemoryDraft();
  await rejectsMessage(download(url, draft, {}, hasty), /That was attempt 100; try again later/);
  assert.equal([server.ranges.length, server.ranges.at(-1)], [100, "bytes=99-"]);
  assert.is(draft.size, 100);
});

const address = "https://example.org/w.pth";

/** Leaves a draft with so many bytes. */
async function leave(bytes: number, size: number): Promise<void> {
  const draft = await folderCache(folder).draft(address);
  await draft.begin({ etag, size });
  await draft.write(file.subarray(0, bytes));
  await draft.abandon(true);
}

/** Bytes that the next download goes on with. */
async function found(): Promise<number> {
  const draft = await folderCache(folder).draft(address);
  const { size, version } = draft;
  assert.is(version.etag, size > 0 ? etag : undefined);
  assert.is((await draft.bytes()).length, size);
  await draft.abandon(false);
  return size;
}

test("a draft of more bytes than its file has, or of which nothing is known, is begun anew", async () => {
  for (const [bytes, size, kept] of [
    [400, 500, 400],
    [500, 500, 500],
    [501, 500, 0],
  ] as const) {
    await leave(bytes, size);
    assert.is(await found(), kept);
  }
  await leave(400, 500);
  writeFileSync(join(folder, readdirSync(folder)[0]!, "about.json"), '{"size":500}');
  assert.is(await found(), 0);
});

test("a draft is taken from a process of this machine that is gone, and from no other", async () => {
  const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);
  const here = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
  for (const [owner, bytes] of [
    [`${here}-${gone}-0123`, 400],
    [`${here}-${process.pid}-0123`, 0],
    [`elsewhere-${gone}-0123`, 0],
  ] as const) {
    await leave(400, 500);
    const [left] = readdirSync(folder);
    renameSync(join(folder, left!), join(folder, left!.replace(/left$/, owner)));
    assert.is(await found(), bytes, owner);
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  }
});

test.run();
