// Scripts as a user would write them, each in a process of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert, suite } from "../harness/suite.js";

const test = suite("processes");

let folder: string;
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "featuremap-"));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

const entry = (name: string) => pathToFileURL(`build/node/${name}.js`).href;

const preamble = `
import { conv2d, init, linear, flatten, relu, sequential, tensor } from ${JSON.stringify(entry("index"))};
const network = sequential([conv2d(16, 3), relu(), conv2d(16, 3), flatten(), linear(10)]);
const input = tensor(Float32Array.from({ length: 4 * 3 * 24 * 24 }, (_, i) => Math.sin(i)), [4, 3, 24, 24]);
`;

interface Outcome {
  stdout: string;
  stderr: string;
  code: number | null;
  /** From the last line of output to the end of the process. */
  lingeredMs: number;
}

let scripts = 0;
function run(script: string, before = preamble): Promise<Outcome> {
  const file = join(folder, `script-${scripts++}.mjs`);
  writeFileSync(file, before + script);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file], { timeout: 25_000, killSignal: "SIGKILL" });
    const outcome: Outcome = { stdout: "", stderr: "", code: null, lingeredMs: 0 };
    let heard = performance.now();
    child.stdout.on("data", (chunk) => {
      outcome.stdout += chunk;
      heard = performance.now();
    });
    child.stderr.on("data", (chunk) => {
      outcome.stderr += chunk;
    });
    child.on("close", (code) => resolve({ ...outcome, code, lingeredMs: performance.now() - heard }));
  });
}

/** Asserts that the script printed this, and then ended by itself, at once and well. */
function ended({ stdout, stderr, code, lingeredMs }: Outcome, expected: string): void {
  assert.is(stderr, "");
  assert.is(stdout.trim(), expected);
  assert.is(code, 0);
  assert.ok(lingeredMs < 2000, `it lingered for ${lingeredMs} ms`);
}

test("a script that forgets to dispose ends by itself", async () => {
  const script = `await init({ threads: 3 });
    const model = await network.build([3, 24, 24], { warm: false });
    const { shape } = await model.predict(input);
    console.log(shape.join());`;
  ended(await run(script), "4,10");
});

test("a script that waits for an answer does not end before it", async () => {
  const script = `await init({ threads: 2 });
    const model = await network.build([3, 24, 24], { warm: false });
    // Not awaited: only the run itself keeps the process.
    model.predict(input).then(() => model.predict(input)).then(({ shape }) => console.log("answered", shape.join()));`;
  ended(await run(script), "answered 4,10");
});

test("a script that disposes of its runtime during a run ends by itself", async () => {
  const script = `const runtime = await init({ threads: 2 });
    const model = await network.build([3, 24, 24], { warm: false });
    const many = tensor(new Float32Array(64 * 3 * 24 * 24), [64, 3, 24, 24]);
    await model.predict(many);
    const running = model.predict(many);
    await Promise.resolve();
    runtime.dispose();
    console.log(await running.then(() => "finished", (error) => error.name));`;
  ended(await run(script), "FeatureMapError");
});

test("a crash of a worker that nobody waits for leaves the process healthy", async () => {
  const script = `import { subscribe } from "node:diagnostics_channel";
    const workers = [];
    subscribe("worker_threads", ({ worker }) => workers.push(worker));
    await init({ threads: 2 });
    const model = await network.build([3, 24, 24], { warm: false });
    const before = await model.predict(input);
    await workers[1].terminate();
    const after = await model.predict(input);
    console.log(workers.length, after.data.every((value, i) => value === before.data[i]));`;
  ended(await run(script), "4 true");
});

test("workers that cannot start leave no timer behind that keeps the process", async () => {
  const script = `import { subscribe } from "node:diagnostics_channel";
    subscribe("worker_threads", ({ worker }) => worker.terminate());
    await init({ threads: 2 });
    const model = await network.build([3, 24, 24], { warm: false });
    console.log((await model.predict(input)).size);`;
  const outcome = await run(script);
  assert.match(
    outcome.stderr,
    /^featuremap: A worker thread .* Everything runs on the calling thread instead\.\n$/,
  );
  ended({ ...outcome, stderr: "" }, "40");
});

test("an error that a script does not catch ends it with a message and code 1", async () => {
  const script = `await init({ threads: 2 });
    const model = await network.build([3, 24, 24], { warm: false });
    await model.predict(input);
    await model.predict(tensor([1, 2, 3]));`;
  const { stderr, code, lingeredMs } = await run(script);
  assert.is(code, 1);
  assert.match(stderr, "FeatureMapError: predict: the input has shape [3]");
  assert.ok(lingeredMs < 2000);
});

test("the entry point without inline kernels runs from its files, threads and all", async () => {
  const before = `import { conv2d, init, relu, sequential, tensor } from ${JSON.stringify(entry("external"))};\n`;
  const script = `const network = sequential([conv2d(16, 3), relu()]);
    console.log(await network.build([3, 24, 24]).catch(({ message }) => message));
    await init({ threads: 2 });
    const model = await network.build([3, 24, 24], { warm: false });
    const { shape } = await model.predict(tensor(new Float32Array(4 * 3 * 24 * 24), [4, 3, 24, 24]));
    console.log(shape.join());`;
  const refusal = 'This entry point loads its kernels by URL. Call "await init()" first.';
  ended(await run(script, before), `${refusal}\n4,16,22,22`);
});

test.run();
