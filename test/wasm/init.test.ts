import simd from "wasm:simd";
import { show } from "../../src/errors.js";
import "../../src/wasm/inline.js";
import { FeatureMapError } from "../../src/errors.js";
import { hasRelaxedSimd, hasSharedMemory } from "../../src/wasm/features.js";
import { dispose, init, type RuntimeOptions, runtime } from "../../src/wasm/runtime.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";
import { branching, machine, noise } from "./machines.js";

const test = suite("init");

// Later tests set themselves up anew.
test.after.each(dispose);

const inNode = globalThis.process !== undefined;
/** The file of the simd build, as this environment reaches it. */
const file = inNode ? "build/wasm/simd.wasm" : "/build/wasm/simd.wasm";
const address = () =>
  inNode
    ? (process.getBuiltinModule("node:url").pathToFileURL(file) as unknown as URL)
    : new URL(file, location.href);

test("kernels come from bytes, a buffer, a path or an address, with the same results", async () => {
  const input = noise([2, 3, 16, 16]);
  using reference = machine(1);
  using expected = await branching(reference);
  for (const threads of hasSharedMemory() ? [1, 2] : [1]) {
    for (const wasm of [simd, simd.slice().buffer, file, address(), String(address())]) {
      using on = await init({ wasm, threads });
      assert.is(runtime(), on);
      assert.is(on.threads, threads);
      using model = await branching(on);
      assert.equal((await model.predict(input)).data, expected.predictSync(input).data);
    }
  }
});

test("relaxed SIMD is used where there is any, and can be left alone", async () => {
  const input = noise([2, 3, 16, 16]);
  using on = await init({ threads: 1 });
  assert.is(on.relaxed, hasRelaxedSimd());
  using plain = await init({ threads: 1, relaxed: false });
  assert.is(plain.relaxed, false);
  using reference = machine(1);
  using expected = await branching(reference);
  using model = await branching(plain);
  assert.equal(model.predictSync(input).data, expected.predictSync(input).data);
});

test("unknown options and impossible numbers of threads are refused", async () => {
  const refuse = (options: object, message: string) =>
    rejectsMessage(() => init(options as RuntimeOptions), new RegExp(`^${message}$`));
  await refuse({ thread: 2 }, 'init: unknown option "thread"\\. It takes: wasm, threads, relaxed\\.');
  for (const threads of [0, -1, 1.5, 65, Number.NaN, "2"]) {
    await refuse({ threads }, `init: threads is ${show(threads)}; it must be a whole number from 1 to 64\\.`);
  }
});

test("what is no WebAssembly, or another library's, is told with the way out", async () => {
  const other = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  for (const wasm of [
    new Uint8Array(0),
    new TextEncoder().encode("<!doctype html>"),
    simd.slice(0, 1000),
    other,
  ]) {
    const error = await init({ wasm, threads: 1 }).then(
      () => undefined,
      (reason) => reason,
    );
    assert.instance(error, FeatureMapError);
    assert.match(error.message, /kernels.*Is "wasm" this version's file\?/);
  }
});

test("a file that is not there is told with its name", async () => {
  const missing = inNode ? "build/nothing.wasm" : "/build/nothing.wasm";
  for (const threads of [1, 2]) {
    await rejectsMessage(() => init({ wasm: missing, threads }), /build\/nothing\.wasm.*(Check the)/);
  }
  await rejectsMessage(
    () => init({ wasm: "http://127.0.0.1:9/x.wasm" }),
    /http:\/\/127\.0\.0\.1:9\/x\.wasm cannot be fetched/,
  );
});

if (inNode) {
  test("kernels that arrive in small pieces, under a type that says nothing, compile on their way", async () => {
    const server = process.getBuiltinModule("node:http").createServer(async (request, response) => {
      response.writeHead(request.url === "/gone.wasm" ? 410 : 200, { "content-type": "text/plain" });
      for (let i = 0; i < simd.length; i += 997) {
        response.write(simd.subarray(i, i + 997));
        if (i % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as import("node:net").AddressInfo;
      const input = noise([2, 3, 16, 16]);
      using reference = machine(1);
      using expected = await branching(reference);
      for (const threads of [1, 2]) {
        using on = await init({ wasm: `http://127.0.0.1:${port}/kernels.wasm`, threads });
        using model = await branching(on);
        assert.equal((await model.predict(input)).data, expected.predictSync(input).data);
      }
      await rejectsMessage(
        () => init({ wasm: new URL(`http://127.0.0.1:${port}/gone.wasm`) }),
        /^The kernels at http.*gone\.wasm cannot be fetched: 410 Gone\. Check the address/,
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}

test("a failed init leaves the runtime before it in place", async () => {
  using on = await init({ threads: 1 });
  await rejectsMessage(() => init({ wasm: new Uint8Array(8), threads: 1 }), /kernels/);
  assert.is(runtime(), on);
});

test("a runtime that was disposed of is replaced at the next use", async () => {
  const first = await init({ threads: 1 });
  first.dispose();
  const second = runtime();
  assert.is.not(second, first);
  assert.is(runtime(), second);
  dispose();
  assert.ok(second.disposed);
});

test.run();
