// One seed, one build: the same bits everywhere. This suite runs in Node and in Chromium, with and without threads, and
// all of them must arrive at the number below. It changes when a kernel adds up in another order, and then on purpose.

import { fromArrays } from "../src/data/index.js";
import {
  avgPool2d,
  batchNorm2d,
  conv2d,
  dropout,
  flatten,
  init,
  linear,
  Random,
  relu,
  sequential,
  sigmoid,
  tanh,
  tensor,
} from "../src/index.js";
import { adam, cosine, fit } from "../src/train/index.js";
import { hasSharedMemory } from "../src/wasm/features.js";
import { assert, suite } from "./harness/suite.js";

const DIGEST = "1fbff41b";

/** FNV-1a over the bytes. */
function digest(arrays: Iterable<Float32Array>): string {
  let hash = 0x811c9dc5;
  for (const array of arrays) {
    for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

async function trained(threads: number): Promise<string> {
  using runtime = await init({ threads, relaxed: false });
  const random = new Random(5);
  const n = 96;
  const inputs = tensor(
    Float32Array.from({ length: n * 2 * 20 * 20 }, () => random.normal()),
    [n, 2, 20, 20],
  );
  const targets = Array.from({ length: n }, () => random.int(5));
  using model = await sequential([
    conv2d(12, 5, { padding: 2, bias: false }),
    batchNorm2d(),
    sigmoid(),
    avgPool2d(2),
    conv2d(20, 3, { stride: 2, paddingMode: "reflect", padding: 1 }),
    tanh(),
    flatten(),
    dropout(0.25),
    linear(40),
    relu(),
    linear(5),
  ]).build([2, 20, 20], { seed: 9, runtime });
  await fit(model, fromArrays({ inputs, targets }), {
    epochs: 3,
    batchSize: 40,
    optimizer: adam({ lr: 0.01 }),
    schedule: cosine(),
    seed: 4,
  });
  return digest([...model.stateDict().values()].map(({ data }) => data));
}

const test = suite("bits");
test("training on one thread", async () => assert.is(await trained(1), DIGEST));
test("training on two and three threads", async () => {
  if (!hasSharedMemory()) return;
  assert.is(await trained(2), DIGEST);
  assert.is(await trained(3), DIGEST);
});
test.run();
