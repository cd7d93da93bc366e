import type { Runtime } from "featuremap";
import { STEP_HEADER } from "../../../src/wasm/steps.js";
import { quantile } from "../../alternate.js";
import type { Job } from "../job.js";
import { type Contender, NETWORK, WEIGHTS } from "./contender.js";

/** On one thread on the calling thread, on two on two workers, as anyone would call it. */
function contender(name: "featuremap" | "featuremap-1", threadsOf: (job: Job) => number): Contender {
  return {
    name,
    files: ({ zoo }) => [zoo ? WEIGHTS : NETWORK],
    async load(host, job) {
      const { init, Tensor, models, importOnnx, formatPlan } = await host.featuremap();
      const threads = threadsOf(job);
      return async ([bytes], input) => {
        const runtime = await init({ threads });
        const model = job.zoo
          ? await models[job.zoo]!.create({ weights: bytes!, runtime })
          : await importOnnx(bytes!, { runtime });
        const x = new Tensor(input, job.input);
        return {
          infer: threads === 1 ? () => model.predictSync(x).data : async () => (await model.predict(x)).data,
          alone: () => stepsAlone(runtime, formatPlan(model), () => model.predictSync(x)),
          memory: () => ({ used: runtime.heap.usedBytes, reserved: runtime.heap.memory.buffer.byteLength }),
          end: () => model.dispose(),
        };
      };
    },
  };
}

export const featuremap = contender("featuremap", ({ threads }) => threads);
export const onOneThread = contender("featuremap-1", () => 1);

/** Kernels that copy inputs in and outputs out. */
const COPIES = new Set(["block", "unblock"]);
const RUNS = 41;

/** The median time of a prediction's steps without those that copy, with a clock around every one. */
function stepsAlone(runtime: Runtime, plan: string, predict: () => void): number | null {
  const kernels = plan
    .split("\n")
    .filter((line) => !line.startsWith("once "))
    .map((line) => line.slice(0, line.indexOf("(")));
  let sum = 0;
  runtime.runSync = (address, steps) => {
    if (steps !== kernels.length) sum = Number.NaN;
    const table = new Int32Array(runtime.heap.memory.buffer);
    for (let step = 0, at = address >>> 2; step < steps; step++, at += STEP_HEADER + table[at + 4]!) {
      const args = table.subarray(at + STEP_HEADER, at + STEP_HEADER + table[at + 4]!);
      const kernel = runtime.kernels[table[at]!]!;
      const started = performance.now();
      kernel(...args, 0, table[at + 1]!);
      if (!COPIES.has(kernels[step]!)) sum += performance.now() - started;
    }
  };
  const sums = Array.from({ length: RUNS }, () => {
    sum = 0;
    predict();
    return sum;
  });
  // The class's own method again.
  delete (runtime as Partial<Runtime>).runSync;
  const ms = quantile(sums, 0.5);
  return Number.isNaN(ms) ? null : ms;
}
