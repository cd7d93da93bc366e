// Where the time of a network's plan goes, kernel call by kernel call. Looks inside, so it takes the sources, not the package.
import relaxed from "wasm:relaxed";
import simd from "wasm:simd";
import worker from "worker:inline";
import { Plan, type Step } from "../src/graph/plan.js";
import { Tensor } from "../src/tensor.js";
import { crossEntropy } from "../src/train/losses.js";
import { sgd } from "../src/train/optimizers.js";
import { Trainer } from "../src/train/trainer.js";
import { hasRelaxedSimd } from "../src/wasm/features.js";
import { Runtime } from "../src/wasm/runtime.js";
import { STEP_HEADER } from "../src/wasm/steps.js";
import { lenet5, resnet18, resnet20Cifar } from "../src/zoo/index.js";
import { quantile } from "./alternate.js";
import { digits, table } from "./report.js";
import { CLASSES, type NetworkName, trained } from "./training/networks.js";
import { noise } from "./work.js";

const zoo = { lenet5, resnet20: resnet20Cifar, resnet18 };

/** Milliseconds to warm up, and to measure. */
const WARM_UP_MS = 1000;
const MEASURED_MS = 2000;

/** Runs plans on the calling thread with a clock around every step. */
class Stopwatch extends Runtime {
  /** Milliseconds of each run of the plan's steps. */
  runs: Float64Array[] = [];

  override exclusive<T>(
    work: (run: (address: number, steps: number) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    return super.exclusive(() => work(async (address, steps) => this.runSync(address, steps)));
  }

  override runSync(address: number, steps: number): void {
    const table = new Int32Array(this.heap.memory.buffer);
    const ms = new Float64Array(steps);
    for (let step = 0, at = address >>> 2; step < steps; step++, at += STEP_HEADER + table[at + 4]!) {
      const kernel = this.kernels[table[at]!]!;
      const args = table.subarray(at + STEP_HEADER, at + STEP_HEADER + table[at + 4]!);
      const started = performance.now();
      kernel(...args, 0, table[at + 1]!);
      ms[step] = performance.now() - started;
    }
    this.runs.push(ms);
  }
}

/** The plan that ran last. */
function watchPlans(): () => Plan {
  let last: Plan | undefined;
  const { run } = Plan.prototype;
  Plan.prototype.run = function (...args) {
    last = this;
    return run.apply(this, args);
  };
  return () => last!;
}

/** Prints the costs of a training step or a prediction of a network. */
export async function profile(what: "train" | "predict", network: NetworkName, size: number): Promise<void> {
  const runtime = new Stopwatch(hasRelaxedSimd() ? relaxed : simd, worker, {
    threads: 1,
    relaxed: hasRelaxedSimd(),
  });
  const plan = watchPlans();
  const { title, inputShape } = trained[network];
  const model = await zoo[network]({ seed: 1, numClasses: CLASSES, inputShape, runtime });
  const batches = noise(4, [size, ...inputShape], CLASSES).map(({ inputs, targets }) => ({
    inputs: new Tensor(inputs.data, inputs.shape),
    targets,
  }));
  const trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ lr: 0.05, momentum: 0.9 }) });
  const work = (i: number): Promise<unknown> => {
    const batch = batches[i % batches.length]!;
    return what === "train" ? trainer.step(batch) : model.predict(batch.inputs);
  };
  await within(WARM_UP_MS, work);
  // The engine compiles in the background.
  await new Promise((resolve) => setTimeout(resolve, 500));
  runtime.runs = [];
  await within(MEASURED_MS, work);

  const { steps } = plan();
  const ms = steps.map((_, i) =>
    quantile(
      runtime.runs.map((run) => run[i]!),
      0.5,
    ),
  );
  const total = ms.reduce((a, b) => a + b, 0);
  const row = ({ kernel, layer, units, flops }: Step, i: number): string[] => [
    `${i} ${kernel}`,
    layer,
    String(units),
    digits(ms[i]! * 1000),
    `${((100 * ms[i]!) / total).toFixed(1)} %`,
    digits((units * flops) / ms[i]! / 1e6),
  ];
  console.log(table(["step", "layer", "units", "µs", "share", "GFLOP/s"], steps.map(row)));

  const kernels = new Map<string, number>();
  for (const [i, { kernel }] of steps.entries()) kernels.set(kernel, (kernels.get(kernel) ?? 0) + ms[i]!);
  const sorted = [...kernels].sort(([, a], [, b]) => b - a);
  console.log(
    table(
      ["kernel", "µs", "share"],
      sorted.map(([kernel, sum]) => [kernel, digits(sum * 1000), `${((100 * sum) / total).toFixed(1)} %`]),
    ),
  );
  console.log(`${title}, batch ${size}, ${what}: ${digits(total)} ms in ${steps.length} steps`);
}

/** Does it over and over again for some time, and at least ten times. */
async function within(ms: number, work: (i: number) => Promise<unknown>): Promise<void> {
  const started = performance.now();
  for (let i = 0; i < 10 || performance.now() - started < ms; i++) await work(i);
}
