// The built files as a page loads them: `<script type="module">` without a bundler.

import type * as Bundle from "../src/bundle.js";
import type * as All from "../src/bundle-all.js";
import type * as Library from "../src/index.js";
import { fixture } from "./harness/fixture.js";
import { assert, near, rejectsMessage, suite } from "./harness/suite.js";

const test = suite("built files in a page");

/** A variable keeps the bundler of the tests from resolving the path. */
const load = async <T>(path: string): Promise<T> => (await import(path)) as T;

/** The same small network through any entry point; 2 threads where the page is isolated. */
async function answers({ init, dispose, sequential, conv2d, relu, flatten, linear, tensor }: typeof Library) {
  const warn = console.warn;
  const warnings: string[] = [];
  console.warn = (message: string) => warnings.push(message);
  try {
    const runtime = await init({ threads: 2 });
    const net = sequential([conv2d(8, 3), relu(), flatten(), linear(5)]);
    const model = await net.build([3, 40, 40], { seed: 3 });
    const x = tensor(
      Float32Array.from({ length: 4 * 3 * 1600 }, (_, i) => Math.sin(i)),
      [4, 3, 40, 40],
    );
    const { data } = await model.predict(x);
    near(model.predictSync(x).data, data, { atol: 0, rtol: 0 }, "threads change the bits");
    model.dispose();
    dispose();
    assert.is(runtime.threads, crossOriginIsolated ? 2 : 1);
    return { data, warnings };
  } finally {
    console.warn = warn;
  }
}

test("inline, by URL and as a single file give the same bits, and warn once where there are no threads", async () => {
  const inline = await answers(await load<typeof Library>("/build/browser/index.js"));
  assert.is(inline.warnings.length, crossOriginIsolated ? 0 : 1);
  for (const path of [
    "/build/browser/external.js",
    "/build/featuremap.min.js",
    "/build/featuremap.all.min.js",
  ]) {
    const { data } = await answers(await load<typeof Library>(path));
    near(data, inline.data, { atol: 0, rtol: 0 }, path);
  }
});

test("what reads weights is fetched when a file is read, and torch.save's reader when the file is one of its", async () => {
  const { conv2d, sequential } = await load<typeof Library>("/build/browser/index.js");
  const fetched = () => {
    const names = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
    return ["read-weights", "pth"].filter((part) =>
      names.some((name) => name.startsWith(`/build/browser/${part}-`)),
    );
  };
  const model = await sequential([conv2d(1, 1)]).build([1, 1, 1]);
  const other = await sequential([conv2d(1, 1)]).build([1, 1, 1], { seed: 1 });
  const file = model.toSafetensors();
  assert.equal(fetched(), []);
  await other.load(file);
  assert.equal(other.toSafetensors(), file);
  assert.equal(fetched(), ["read-weights"]);
  await rejectsMessage(other.load(await fixture("weights/pth/legacy-2.pth")), /unexpected: 1\.weight/);
  assert.equal(fetched(), ["read-weights", "pth"]);
  model.dispose();
  other.dispose();
});

test("the single file holds training, data and functions too", async () => {
  const { train, functional, data, tensor, sequential, flatten, linear } =
    await load<typeof Bundle>("/build/featuremap.min.js");
  assert.equal(
    Array.from(functional.conv1d([1, 2], [2, -1, 2], { flip: true, padding: 2 }).data),
    [2, 3, 0, 4],
  );
  const set = data.fromArrays({ inputs: tensor([[[[1]]], [[[-1]]]]), targets: [0, 1] });
  const model = await sequential([flatten(), linear(2)]).build([1, 1, 1]);
  await train.fit(model, set, { epochs: 60, batchSize: 2, optimizer: train.sgd({ lr: 1 }) });
  assert.is((await train.evaluate(model, set)).accuracy, 1);
  model.dispose();
});

test("the small single file says where files of torch.save are read", async () => {
  const { weights } = await load<typeof Bundle>("/build/featuremap.min.js");
  const file = await fixture("weights/pth/legacy-2.pth");
  await rejectsMessage(
    () => weights.readWeights(file),
    /featuremap\.min\.js does not read\. Use featuremap\.all\.min\.js/,
  );
});

test("the large single file holds the zoo, pictures, ONNX and reports too", async () => {
  const { zoo, image, onnx, inspect } = await load<typeof All>("/build/featuremap.all.min.js");
  using model = await zoo.lenet5();
  assert.is(inspect.summary(model).parameters, 61_706);
  for (const one of [image.readImage, onnx.importOnnx, onnx.exportOnnx]) assert.type(one, "function");
});

test.run();
