// Downloads in a page, and the browser's Cache API.

import { tensor } from "../../src/tensor.js";
import { readWeights, writeSafetensors } from "../../src/weights/index.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("downloads in a page");

const FILE = "/test/fixtures/goldens/lenet5.safetensors";

/** Counts what is asked of the network. */
async function counted(work: () => Promise<unknown>): Promise<string[]> {
  const { fetch } = globalThis;
  const ranges: string[] = [];
  globalThis.fetch = (input, init) => {
    ranges.push(new Headers(init?.headers).get("Range") ?? "");
    return fetch(input, init);
  };
  try {
    await work();
  } finally {
    globalThis.fetch = fetch;
  }
  return ranges;
}

const keys = async () =>
  (await (await caches.open("featuremap")).keys()).map(({ url }) => new URL(url).pathname);

test.before.each(() => caches.delete("featuremap"));
test.after(() => caches.delete("featuremap"));

test("a file is fetched once and then comes from the cache, whole", async () => {
  const whole = (await (await fetch(FILE)).arrayBuffer()).byteLength;
  const seen: number[] = [];
  const first = await counted(() =>
    readWeights(FILE, { onProgress: ({ receivedBytes }) => seen.push(receivedBytes) }),
  );
  assert.equal(first, [""]);
  assert.is(seen.at(-1), whole);
  assert.equal(await keys(), [FILE]);
  assert.equal(await counted(() => readWeights(new URL(FILE, location.href))), []);
  assert.equal(await counted(() => readWeights(FILE, { cache: false })), [""]);
});

test("what is damaged in the cache is fetched again", async () => {
  await readWeights(FILE);
  const cache = await caches.open("featuremap");
  await cache.put(FILE, new Response(new Uint8Array(10), { headers: { "x-featuremap-bytes": "10" } }));
  assert.equal(await counted(() => readWeights(FILE)), [""]);
  await cache.put(FILE, new Response(new Uint8Array(10), { headers: { "x-featuremap-bytes": "11" } }));
  assert.equal(await counted(() => readWeights(FILE)), [""]);
  assert.equal(await counted(() => readWeights(FILE)), []);
});

test("a file of the page's own site is asked about again, and replaced when it is another", async () => {
  const { fetch } = globalThis;
  const asked: string[] = [];
  const site = (value: number, stamp: string, head = 200): void => {
    const bytes = writeSafetensors([["w", tensor([value])]]);
    globalThis.fetch = async (_, { method = "GET" } = {}) => {
      asked.push(method);
      if (head === 0) throw new TypeError("Failed to fetch");
      const status = method === "HEAD" ? head : 200;
      return new Response(method === "HEAD" ? null : bytes, { status, headers: { ETag: stamp } });
    };
  };
  const value = async () => (await readWeights("/mine.safetensors")).tensors.get("w")!.data[0];
  try {
    site(1, 'W/"1"');
    assert.is(await value(), 1);
    assert.is(await value(), 1);
    site(2, 'W/"2"');
    assert.is(await value(), 2);
    // What is kept has to do where the site refuses, or cannot be reached.
    site(3, 'W/"3"', 405);
    assert.is(await value(), 2);
    site(3, 'W/"3"', 0);
    assert.is(await value(), 2);
  } finally {
    globalThis.fetch = fetch;
  }
  assert.equal(asked, ["GET", "HEAD", "HEAD", "GET", "HEAD", "HEAD"]);
});

test("a connection that breaks off is made again and goes on", async () => {
  const ranges = await counted(() => readWeights(`${FILE}?break=20000`));
  assert.equal(ranges.length, 2);
  assert.match(ranges[1]!, /^bytes=[1-9]\d*-$/);
  assert.equal(await keys(), [FILE]);
});

test("what is not there, aborted or another file is not kept", async () => {
  await rejectsMessage(readWeights("/test/fixtures/none"), /there is nothing at this address/);
  await rejectsMessage(readWeights(FILE, { sha256: "0".repeat(64) }), /its SHA-256 is/);
  await rejectsMessage(readWeights("/"), /is a text or a page/);
  const controller = new AbortController();
  const reason = new Error("enough");
  const aborted = readWeights(FILE, {
    signal: controller.signal,
    onProgress: () => controller.abort(reason),
  });
  assert.is(await aborted.catch((error) => error), reason);
  assert.equal(await keys(), []);
  await rejectsMessage(readWeights(FILE, { cache: "folder" }), /a page has no folders such as folder/);
});

test("blob and data addresses are read, and never kept", async () => {
  const bytes = await (await fetch(FILE)).blob();
  const url = URL.createObjectURL(bytes);
  assert.ok((await readWeights(url)).tensors.size > 0);
  URL.revokeObjectURL(url);
  assert.equal(await keys(), []);
});

test("another site that does not let the page read is asked twice, and the header named", async () => {
  const { fetch } = globalThis;
  let asked = 0;
  globalThis.fetch = async () => {
    asked++;
    throw new TypeError("Failed to fetch");
  };
  try {
    await rejectsMessage(
      readWeights("https://elsewhere.example/w.pth"),
      /"Failed to fetch"\. .*elsewhere\.example does not let pages of http:.* header Access-Control-Allow-Origin/,
    );
    assert.is(asked, 2);
  } finally {
    globalThis.fetch = fetch;
  }
  await rejectsMessage(readWeights("ftp://elsewhere.example/w.pth"), /only http and https .* not ftp:/);
  await rejectsMessage(readWeights(""), /^The address of the file is empty/);
});

test.run();
