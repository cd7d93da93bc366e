// Memory over many predictions and many training steps. Prints one line of JSON per kind of work.
import { init, Tensor } from "featuremap";
import { crossEntropy, sgd, Trainer } from "featuremap/train";
import { lenet5 } from "featuremap/zoo";

const runtime = await init();
const model = await lenet5({ runtime });
const one = new Tensor(new Float32Array(32 * 32).fill(0.5), [1, 1, 32, 32]);
// One image would be predicted on the calling thread.
const several = new Tensor(new Float32Array(16 * 32 * 32).fill(0.5), [16, 1, 32, 32]);
const batch = {
  inputs: new Tensor(new Float32Array(64 * 32 * 32).fill(0.5), [64, 1, 32, 32]),
  targets: new Int32Array(64),
};
const trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ lr: 0.01, momentum: 0.9 }) });

/** Bytes: of the WebAssembly heap, in blocks and in all; of the process; of its JavaScript heap. */
async function measure() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    heap: runtime.heap.usedBytes,
    memory: runtime.heap.memory.buffer.byteLength,
    resident: process.memoryUsage.rss(),
    javascript: process.memoryUsage().heapUsed,
  };
}

/** Measures after a warm-up, and after each quarter of the work. */
async function watch(name, times, warmUp, work) {
  for (let i = 0; i < warmUp; i++) await work();
  const states = [await measure()];
  for (let quarter = 0; quarter < 4; quarter++) {
    for (let i = 0; i < times / 4; i++) await work();
    states.push(await measure());
  }
  console.log(JSON.stringify({ name, times, states }));
}

await watch("predictSync", 10_000, 2_000, () => model.predictSync(one));
await watch("predict, batch 16", 10_000, 2_000, () => model.predict(several));
await watch("training step, batch 64", 1_000, 200, () => trainer.step(batch));
trainer.dispose();
model.dispose();
console.log(JSON.stringify({ name: "disposed of", times: 0, states: [await measure()] }));
