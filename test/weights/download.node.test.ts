// Downloads from a real server that behaves in every way a server should not.

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defaultCacheFolder } from "../../src/platform/cache-folder.js";
import { tensor } from "../../src/tensor.js";
import { readWeights, writeSafetensors } from "../../src/weights/index.js";
import { type ReadWeightsOptions, readWeightsWith } from "../../src/weights/read-weights.js";
import { answering, ignoringRange, lying, polite, RudeServer, stalling } from "../harness/rude-server.js";
import { assert, rejectsMessage, suite, warnings } from "../harness/suite.js";

const test = suite("downloads");

const make = (seed: number) =>
  writeSafetensors([
    [
      "w",
      tensor(
        Float32Array.from({ length: 50_000 }, (_, i) => Math.sin(i * seed)),
        [50_000],
      ),
    ],
  ]);
const file = make(1);
const half = file.length / 2;
const server = new RudeServer(file);
/** Every test its own, so that none finds what another left. */
let cache: string;
let folders: string;

test.before(async () => {
  folders = mkdtempSync(join(tmpdir(), "featuremap-"));
  await server.start();
});
test.after(() => {
  server.stop();
  rmSync(folders, { recursive: true });
});
test.before.each(() => {
  cache = mkdtempSync(join(folders, "cache-"));
  server.file = file;
});

const hasty = { stallMs: 10_000, failures: 3, delayMs: 2 };

const read = (source: string | URL, options: ReadWeightsOptions = {}, patience = hasty) =>
  readWeightsWith(source, { cache, ...options }, patience);

/** What came, and then from the cache, without asking the server. */
async function arrives(url: string, expected = file, options: ReadWeightsOptions = {}): Promise<void> {
  const same = ({ tensors }: Awaited<ReturnType<typeof read>>) =>
    assert.equal(Buffer.compare(Buffer.from(writeSafetensors(tensors)), Buffer.from(expected)), 0);
  same(await read(url, options));
  const requests = server.ranges.length;
  same(await read(url, options));
  assert.is(server.ranges.length, requests, "the second time it comes from the cache");
  assert.is(readdirSync(cache).length, 1, "there is nothing else in the cache");
}

const empty = () => assert.equal(readdirSync(cache), []);

test("a file arrives, with progress, and is kept", async () => {
  const seen: { receivedBytes: number; totalBytes?: number }[] = [];
  const url = server.behaves(polite());
  await arrives(url, file, { onProgress: (progress) => seen.push(progress) });
  assert.equal(seen[0], { receivedBytes: 0, totalBytes: file.length });
  assert.equal(seen.at(-1), { receivedBytes: file.length, totalBytes: file.length });
  assert.ok(seen.every(({ receivedBytes }, i) => i === 0 || receivedBytes >= seen[i - 1]!.receivedBytes));
  assert.is(server.ranges.length, 1);
  const [entry] = readdirSync(cache);
  assert.match(entry!, /^[0-9a-f]{16}-weights\.safetensors$/);
  assert.is(statSync(join(cache, entry!, "content")).size, file.length);
  await read(new URL(url));
  assert.is(server.ranges.length, 1, "a URL object is the same address");
});

test("a connection that breaks off is made again and goes on", async () => {
  await arrives(server.behaves(polite({ bytes: half }), polite({ bytes: 1000 }), polite()));
  assert.equal(server.ranges, ["", `bytes=${half}-`, `bytes=${half + 1000}-`]);
});

test("one that stalls is given up and made again, in the head as in the body", async () => {
  const url = server.behaves(() => {}, stalling(half), polite());
  await read(url, {}, { ...hasty, stallMs: 500 });
  assert.equal(server.ranges, ["", "", `bytes=${half}-`]);
  await arrives(url);
  assert.is(server.ranges.length, 3);
});

test("where the server ignores ranges, or has no ETag, the file is fetched anew", async () => {
  await arrives(server.behaves(ignoringRange(half), ignoringRange(half), ignoringRange()));
  assert.equal(server.ranges, ["", `bytes=${half}-`, `bytes=${half}-`]);
  cache = mkdtempSync(join(folders, "cache-"));
  const weak = { etag: () => 'W/"1"' };
  await arrives(server.behaves(polite({ ...weak, bytes: half }), polite(weak)));
  assert.equal(server.ranges, ["", ""]);
});

test("a file that changes meanwhile is never mixed", async () => {
  const newer = make(2);
  const changes = [
    // The server sees from If-Range that the file is another.
    polite(),
    // It sends the part all the same, with the new ETag.
    (...[request, response, bytes]: Parameters<ReturnType<typeof polite>>) => {
      delete request.headers["if-range"];
      polite()(request, response, bytes);
    },
    // The new file is shorter than what is there already.
    answering(416, { "Content-Range": "bytes */10" }),
    // The part begins elsewhere.
    answering(206, { "Content-Range": `bytes 0-9/${file.length}`, ETag: '"1"' }, "0123456789"),
  ];
  for (const change of changes) {
    cache = mkdtempSync(join(folders, "cache-"));
    server.file = file;
    const url = server.behaves(
      polite({ bytes: half }),
      (...args) => {
        server.file = newer;
        change(args[0], args[1], newer);
      },
      polite(),
    );
    await arrives(url, newer);
  }
});

test("lengths that are not true are noticed, and nothing wrong is kept", async () => {
  await rejectsMessage(
    read(server.behaves(lying(file.length + 10))),
    /^Cannot fetch http:.* That was attempt \d; try again/,
  );
  cache = mkdtempSync(join(folders, "cache-"));
  await arrives(server.behaves(lying(file.length + 10), polite()));
  cache = mkdtempSync(join(folders, "cache-"));
  await rejectsMessage(read(server.behaves(lying(half))), /The file is truncated\.$/);
  empty();
});

test("errors of the server: some pass, others are told at once", async () => {
  await arrives(server.behaves(answering(500), answering(503, { "Retry-After": "0" }), polite()));
  cache = mkdtempSync(join(folders, "cache-"));
  await rejectsMessage(
    read(server.behaves(answering(404))),
    /there is nothing at this address \(the server answered 404 Not Found\)\. Check it\.$/,
  );
  assert.is(server.ranges.length, 1);
  await rejectsMessage(
    read(server.behaves(answering(403))),
    /the server answered 403 Forbidden\. Check the address/,
  );
  await rejectsMessage(
    read(server.behaves(answering(500))),
    /answered 500 Internal Server Error\. That was attempt 3; try again later/,
  );
  assert.is(server.ranges.length, 3);
  empty();
  await rejectsMessage(read("http://127.0.0.1:1/x"), /^Cannot fetch .*bad port\. Check the address/);
});

test("failures of connections are told in sentences", async () => {
  const gone = new RudeServer(file);
  await gone.start();
  const { port } = gone;
  gone.stop();
  await rejectsMessage(
    read(`http://127.0.0.1:${port}/x`),
    /: the server refuses connections\. .* runs \(ECONNREFUSED\)\. That was attempt 3; try again later\.$/,
  );
  await rejectsMessage(
    read("http://nowhere.invalid/x"),
    /: (there is no server of this name\. Check .* \(ENOTFOUND\)\.|the server's name cannot be looked up\. .*)$/,
  );
  const slam: Parameters<RudeServer["behaves"]>[0] = (request) => request.socket.destroy();
  await rejectsMessage(
    read(server.behaves(slam)),
    /: the connection broke off \((UND_ERR_SOCKET|ECONNRESET)\)\. That was attempt 3; try again later\.$/,
  );
  await rejectsMessage(
    read("ftp://example.org/w.pth"),
    /^Cannot fetch ftp:.*w\.pth: only http and https addresses can be fetched, not ftp:\/\/\.$/,
  );
  await rejectsMessage(read(""), /^The path or address of the file is empty/);
});

test("an empty file is called empty, and not kept", async () => {
  await rejectsMessage(read(server.behaves(answering(200, {}, ""))), /weights\.safetensors is empty: it has/);
  empty();
});

test("redirections are followed, but not for ever", async () => {
  const url = server.behaves(
    answering(302, { Location: "/elsewhere" }),
    answering(307, { Location: "/third" }),
    polite(),
  );
  await arrives(url);
  cache = mkdtempSync(join(folders, "cache-"));
  await rejectsMessage(
    read(server.behaves(answering(302, { Location: "/again" }))),
    /^Cannot fetch .*redirect/,
  );
  empty();
});

test("a compressed answer is unpacked; its length is not that of the file", async () => {
  const packed = gzipSync(file);
  await arrives(
    server.behaves((_, response) => {
      response.writeHead(200, { "Content-Encoding": "gzip", "Content-Length": packed.length, ETag: '"1"' });
      response.end(packed);
    }),
  );
  cache = mkdtempSync(join(folders, "cache-"));
  await arrives(
    server.behaves((_, response) => {
      response.writeHead(200, { "Transfer-Encoding": "chunked" });
      response.end(file);
    }),
  );
});

test("what a failed download got is used by the next one", async () => {
  const url = server.behaves(polite({ bytes: half }), answering(500));
  await rejectsMessage(read(url), /answered 500/);
  assert.match(readdirSync(cache).join(), /\.part\.left$/);
  const requests = server.ranges.length;
  // The same address behaves now.
  server.behaves(polite());
  await arrives(url);
  assert.equal(server.ranges, [`bytes=${half}-`]);
  assert.ok(requests > 1);
});

test("a process that was killed leaves its part to others; one that lives keeps it", async () => {
  const url = server.behaves(polite({ bytes: half }), answering(500));
  await rejectsMessage(read(url), /answered 500/);
  const [left] = readdirSync(cache);
  const base = join(cache, left!.replace(/left$/, ""));
  const rename = async (from: string, to: string) => {
    const { renameSync } = await import("node:fs");
    renameSync(from, to);
  };
  // On another machine, just now: in use.
  await rename(`${base}left`, `${base}0-1-2`);
  server.behaves(polite());
  await read(url);
  assert.equal(server.ranges, [""]);
  assert.ok(existsSync(`${base}0-1-2`));
  rmSync(base.replace(/\.part\.$/, ""), { recursive: true });
  // Hours ago: lost.
  const { utimesSync } = await import("node:fs");
  utimesSync(join(`${base}0-1-2`, "content"), 0, 0);
  server.behaves(polite());
  await arrives(url);
  assert.equal(server.ranges, [`bytes=${half}-`]);
});

test("several downloads of one file at a time do not disturb each other", async () => {
  const url = server.behaves(polite({ bytes: half }), polite({ bytes: 1000 }), polite());
  const all = await Promise.all(Array.from({ length: 5 }, () => read(url)));
  for (const { tensors } of all) assert.is(tensors.get("w")!.data[7], Math.fround(Math.sin(7)));
  assert.is(readdirSync(cache).length, 1);
});

test("a SHA-256 is checked, and what has another is not kept", async () => {
  const sha256 = createHash("sha256").update(file).digest("hex");
  await arrives(server.behaves(polite()), file, { sha256: sha256.toUpperCase() });
  cache = mkdtempSync(join(folders, "cache-"));
  const other = "0".repeat(64);
  const url = server.behaves(polite());
  await rejectsMessage(
    read(url, { sha256: other }),
    new RegExp(`its SHA-256 is ${sha256}, not ${other} as asked for`),
  );
  empty();
  // Kept without one, then asked for with one: the server is asked again.
  await read(url);
  await rejectsMessage(read(url, { sha256: other }), /its SHA-256 is/);
  assert.is(server.ranges.length, 3);
  await rejectsMessage(
    read(url, { sha256: "abc" }),
    /sha256 is "abc"; it must be a text of 64 hexadecimal digits/,
  );
});

test("what is no file of weights is not kept", async () => {
  await rejectsMessage(
    read(server.behaves(answering(200, {}, "<!doctype html><title>Please log in</title>"))),
    /is a text or a page \(it begins with "<!doctype html>/,
  );
  empty();
});

test("a file that was damaged in the cache is fetched again", async () => {
  const url = server.behaves(polite());
  await read(url);
  const content = join(cache, readdirSync(cache)[0]!, "content");
  writeFileSync(content, file.subarray(0, half));
  await arrives(url);
  writeFileSync(content, new Uint8Array(file.length).fill(255));
  await arrives(url);
  writeFileSync(join(content, "../about.json"), "{");
  await read(url);
  assert.is(server.ranges.length, 4);
});

test("an abort ends everything at once and leaves nothing behind", async () => {
  const reason = new Error("enough");
  const moments = [
    // Before the answer, in the middle of the body, while waiting to try again.
    { manner: () => {}, ms: 20 },
    { manner: stalling(half), ms: 50 },
    { manner: answering(503, { "Retry-After": "20" }), ms: 50 },
  ];
  for (const { manner, ms } of moments) {
    const controller = new AbortController();
    const url = server.behaves(manner);
    const started = performance.now();
    setTimeout(() => controller.abort(reason), ms);
    const error = await readWeightsWith(url, { cache, signal: controller.signal }, hasty).catch(
      (thrown) => thrown,
    );
    assert.is(error, reason);
    assert.ok(performance.now() - started < 8000, "sooner than the server's own time");
    empty();
  }
  await rejectsMessage(read(server.behaves(polite()), { signal: AbortSignal.abort(reason) }), /^enough$/);
  assert.is(server.ranges.length, 0);
  const controller = new AbortController();
  const onProgress = () => controller.abort(reason);
  await rejectsMessage(read(server.behaves(polite()), { signal: controller.signal, onProgress }), /^enough$/);
  empty();
});

test("what a caller's own function throws is passed on", async () => {
  const onProgress = () => {
    throw new TypeError("mine");
  };
  await rejectsMessage(read(server.behaves(polite()), { onProgress }), /^mine$/);
  assert.is(server.ranges.length, 1);
  empty();
});

test("without a cache nothing is written", async () => {
  const url = server.behaves(polite({ bytes: half }), polite());
  await read(url, { cache: false });
  assert.equal(server.ranges, ["", `bytes=${half}-`]);
  empty();
  await read(`data:application/octet-stream;base64,${Buffer.from(file).toString("base64")}`);
  empty();
});

test("a folder that cannot be written is an error; the usual one gives a warning", async () => {
  const blocked = join(cache, "file");
  writeFileSync(blocked, "");
  const url = server.behaves(polite());
  await rejectsMessage(
    read(url, { cache: join(blocked, "below") }),
    /^The cache folder .* cannot be used: .* or cache to false\.$/,
  );
  const before = process.env.FEATUREMAP_CACHE;
  process.env.FEATUREMAP_CACHE = join(blocked, "below");
  try {
    const said = await warnings(() => readWeights(url));
    assert.match(said.join(), /^The cache folder .* What is downloaded now is not kept\./);
    process.env.FEATUREMAP_CACHE = join(cache, "other");
    await readWeights(url);
    assert.is(readdirSync(join(cache, "other")).length, 1);
  } finally {
    if (before === undefined) delete process.env.FEATUREMAP_CACHE;
    else process.env.FEATUREMAP_CACHE = before;
  }
});

test("when the disk becomes full, the download goes on without the cache, with a warning", async () => {
  const { open } = await import("node:fs/promises");
  const handle = await open(join(cache, "any"), "w");
  await handle.close();
  const prototype = Object.getPrototypeOf(handle) as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const before = process.env.FEATUREMAP_CACHE;
  const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  for (const method of ["write", "sync", "truncate"]) {
    const usual = prototype[method]!;
    let room = half / 2;
    // A part of a piece may still find room.
    prototype[method] = function (bytes, offset, length, ...others) {
      if (room === 0 || method !== "write") throw full;
      const fits = Math.min(room, length as number);
      room -= fits;
      return usual.call(this, bytes, offset, fits, ...others);
    };
    process.env.FEATUREMAP_CACHE = join(cache, method);
    const url = server.behaves(polite({ bytes: half }), polite());
    try {
      const said = await warnings(async () => {
        const { tensors } = await readWeightsWith(url, {}, hasty);
        assert.equal(Buffer.compare(Buffer.from(writeSafetensors(tensors)), Buffer.from(file)), 0);
      });
      assert.is(said.length, 1);
      assert.match(said[0]!, /^The cache folder .* the disk is full\. .* is not kept\. Set FEATUREMAP_CACHE/);
      assert.equal(readdirSync(join(cache, method)), [], "nothing is left of it");
      await rejectsMessage(read(server.behaves(polite())), /cannot be used: the disk is full/);
    } finally {
      prototype[method] = usual;
      if (before === undefined) delete process.env.FEATUREMAP_CACHE;
      else process.env.FEATUREMAP_CACHE = before;
    }
  }
});

test("the usual folder of each system", () => {
  const folder = (env: Record<string, string>, platform: NodeJS.Platform) =>
    defaultCacheFolder(env, platform, "/home/me");
  assert.is(folder({}, "linux"), "/home/me/.cache/featuremap");
  assert.is(folder({ XDG_CACHE_HOME: "/fast" }, "linux"), "/fast/featuremap");
  assert.is(folder({ XDG_CACHE_HOME: "relative" }, "linux"), "/home/me/.cache/featuremap");
  assert.is(folder({}, "darwin"), "/home/me/Library/Caches/featuremap");
  assert.is(folder({ LOCALAPPDATA: "/local" }, "win32"), "/local/featuremap");
  assert.is(folder({ FEATUREMAP_CACHE: "/mine" }, "linux"), "/mine");
});

test("files of this machine are read from paths and file addresses, with progress", async () => {
  const folder = join(cache, "a folder");
  mkdirSync(folder);
  const path = join(folder, "w.safetensors");
  writeFileSync(path, file);
  const { pathToFileURL } = await import("node:url");
  for (const source of [path, pathToFileURL(path), pathToFileURL(path).href]) {
    const seen: unknown[] = [];
    const { tensors } = await readWeights(source, { onProgress: (progress) => seen.push(progress) });
    assert.is(tensors.size, 1);
    assert.equal(seen.at(-1), { receivedBytes: file.length, totalBytes: file.length });
  }
  await rejectsMessage(readWeights(join(folder, "none")), /^Cannot read .*none: there is no such file/);
  assert.is(readFileSync(path).length, file.length);
});

test.run();
