import debug from "wasm:debug";
import worker from "worker:inline";
import { FeatureMapError } from "../../src/errors.js";
import { hasSharedMemory } from "../../src/wasm/features.js";
import { Runtime } from "../../src/wasm/runtime.js";
import { assert, rejectsMessage, suite, warnings } from "../harness/suite.js";
import { branching, heavy, machine, noise, underWay, until, watchWorkers } from "./machines.js";

const test = suite("failing workers");

const inNode = globalThis.process !== undefined;
const input = noise([2, 3, 16, 16]);

/** Start of a worker's script that gives it `post`, in Node and in a page. */
const posting = `const node = globalThis.process?.getBuiltinModule("node:worker_threads").parentPort;
  const post = (message) => (node ?? globalThis).postMessage(message);
  node?.on("message", () => {});\n`;

/** The real script, in which the first kernel called on a memory fails, on whatever thread; later ones work. */
const failsOnce = `{
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    const { exports } = new Instance(module, imports);
    const failed = new Int32Array(imports.env.memory.buffer, 0, 1);
    const wrap = (kernel) => (...args) => {
      if (Atomics.exchange(failed, 0, 1) === 0) throw new Error("the kernel broke");
      return kernel(...args);
    };
    const wrapped = Object.entries(exports).map(([name, value]) => [name, typeof value === "function" ? wrap(value) : value]);
    return { exports: Object.fromEntries(wrapped) };
  };
}\n${worker}`;

test("where workers cannot be started the calling thread does everything, after one warning that says why", async () => {
  const sources: [string, RegExp][] = [
    ["this is not a script", /Unexpected identifier/],
    ["throw new Error('no luck today')", /no luck today/],
    [`${posting} post(null)`, /means nothing/],
    [`${posting} post(42)`, /means nothing/],
    [`${posting} post({ error: 'out of paper' })`, /out of paper/],
  ];
  if (inNode) sources.push(["process.exit(3)", /ended by itself, with exit code 3/]);
  for (const [source, reason] of sources) {
    using on = machine(2, source);
    using model = await branching(on);
    const watch = watchWorkers();
    const said = await warnings(async () => {
      const results = await Promise.all([model.predict(input), model.predict(input)]);
      for (const { data } of results) assert.equal(data, model.predictSync(input).data);
    });
    watch.stop();
    assert.is(said.length, 1, source);
    assert.match(
      said[0]!,
      /^featuremap: A worker thread failed: .*[^.]\. Everything runs on the calling thread/,
    );
    assert.match(said[0]!, reason);
    assert.is(watch.workers.length, 2);
  }
});

test("workers that have started and then fail, fail each run with one error that says why", async () => {
  using on = machine(2, `${posting} post('ready'); setTimeout(() => { throw new Error('too late') }, 50)`);
  using model = await branching(on);
  const results = await Promise.allSettled([model.predict(input), model.predict(input)]);
  for (const result of results) {
    assert.is(result.status, "rejected");
    const { reason: error } = result as PromiseRejectedResult;
    assert.instance(error, FeatureMapError);
    assert.match(
      error.message,
      /^A worker thread failed: .*too late\. The run .*starts new workers.*threads: 1/,
    );
  }
  // The calling thread can do without.
  assert.is(model.predictSync(input).size, 20);
});

test("a script that never becomes ready is given up after a while", async () => {
  const watch = watchWorkers();
  using on = machine(2, `${posting} setInterval(() => {}, 1000)`, 150);
  using model = await branching(on);
  const start = performance.now();
  const said = await warnings(() => model.predict(input));
  assert.match(
    said.join(),
    /^featuremap: A worker thread did not start within 0.15 seconds\. Everything runs/,
  );
  const took = performance.now() - start;
  assert.ok(took >= 145 && took < 3000, `it took ${took} ms`);
  await until(() => watch.workers.every(({ ended }) => ended), "the end of the workers");
  watch.stop();
});

test("a run whose worker fails is given up; those behind it run on new workers", async () => {
  const watch = watchWorkers();
  using on = machine(3, failsOnce);
  using model = await branching(on);
  const expected = model.predictSync(input).data;
  const failing = model.predict(input);
  const waiting = model.predict(input);
  await rejectsMessage(failing, /A worker thread failed: Error: the kernel broke/);
  assert.equal((await waiting).data, expected);
  assert.is(watch.workers.length, 6);
  for (let round = 0; round < 5; round++) assert.equal((await model.predict(input)).data, expected);
  assert.is(watch.workers.length, 6);
  watch.stop();
});

test("a trap in a kernel is such a failure", async () => {
  using on = new Runtime(debug, worker, { threads: 2, relaxed: false });
  // A table of one step whose addresses lie outside the memory.
  const { address } = on.heap.allocate(4096, "A test");
  const kernel = on.kernelIndex("relu", 2);
  new Int32Array(on.heap.memory.buffer).set([kernel, 1, 1, 3, 2, 0x7fff0000, 0x7fff0000], address / 4);
  await rejectsMessage(
    on.exclusive((run) => run(address, 1, 1e9)),
    /A worker thread failed: RuntimeError: /,
  );
  using model = await branching(on);
  assert.equal((await model.predict(input)).data, model.predictSync(input).data);
});

if (inNode) {
  test("a worker that is killed fails the run in progress and nothing else", async () => {
    const watch = watchWorkers();
    using on = machine(2);
    using model = await heavy(on);
    using other = await branching(on);
    // Ending a thread takes a while; the run must take longer.
    const large = noise([6, 16, 96, 96]);
    const expected = (await model.predict(large)).data;
    const alive = () => watch.workers.filter(({ ended }) => !ended);
    for (const victim of [0, 1]) {
      const running = model.predict(large);
      const queued = other.predict(input);
      await underWay();
      alive()[victim]!.kill();
      await rejectsMessage(running, /A worker thread failed: .*ended by itself/);
      assert.equal((await queued).data, other.predictSync(input).data);
      await until(() => alive().length === 2, "the end of the other worker");
    }
    // Between runs nobody notices.
    alive()[0]!.kill();
    await until(() => alive().length === 0, "the end of both workers");
    assert.equal((await model.predict(large)).data, expected);
    assert.is(watch.workers.length, 8);
    watch.stop();
  });
}

// Without shared memory there are no workers.
if (hasSharedMemory()) test.run();
