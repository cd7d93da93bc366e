// Predictions of LeNet-5: on the calling thread, and by worker threads while the caller stays free.
import { init } from "featuremap";
import { lenet5 } from "featuremap/zoo";
import { alternate, type Contender, type Timing } from "./alternate.js";
import { difference } from "./answers.js";
import { Torch } from "./pytorch.js";
import { type Result, table, timingHead, timingRow } from "./report.js";
import { timed } from "./timed.js";
import { noise } from "./work.js";

const BATCHES = [1, 64];
const TOLERANCE = 1e-5;

export async function predict(): Promise<Result> {
  const one = await lenet5({ seed: 1, runtime: await init({ threads: 1 }) });
  const two = await lenet5({ seed: 1, runtime: await init({ threads: 2 }) });
  const torch = await Torch.start();
  const batches = BATCHES.map((size) => noise(1, [size, 1, 32, 32])[0]!);
  await torch?.begin({ network: "lenet5", weights: one.stateDict(), batches });

  const data: { batch: number; timings: Timing[] }[] = [];
  const wrong: (string | null)[] = [];
  for (const [i, { inputs }] of batches.entries()) {
    const contenders: Contender[] = [
      { name: "predictSync", run: (times) => timed(times, () => one.predictSync(inputs)) },
      { name: "predict, 1 thread", run: (times) => timed(times, () => one.predict(inputs)) },
      { name: "predict, 2 threads", run: (times) => timed(times, () => two.predict(inputs)) },
    ];
    const outputs = one.predictSync(inputs).data;
    const shared = await two.predict(inputs);
    wrong.push(difference("predict, 2 threads, against predictSync", shared.data, outputs, 0));
    if (torch) {
      const theirs = await torch.predict(i, 1);
      wrong.push(difference("outputs against PyTorch", outputs, theirs.outputs.data, TOLERANCE));
      contenders.push({
        name: `PyTorch ${torch.version}, 1 thread`,
        run: async (times) => (await torch.predict(i, times)).ms,
      });
    }
    const timings = await alternate(contenders);
    console.log(table(timingHead(`LeNet-5, prediction of a batch of ${BATCHES[i]}`), timings.map(timingRow)));
    data.push({ batch: BATCHES[i]!, timings });
  }
  torch?.end();
  one.dispose();
  two.dispose();
  return { data, differences: wrong.filter((found) => found !== null) };
}
