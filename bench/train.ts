// One training step of LeNet-5: forward, backward, update by SGD with momentum.
import { init } from "featuremap";
import { crossEntropy, sgd, Trainer } from "featuremap/train";
import { lenet5 } from "featuremap/zoo";
import { alternate, type Contender, ratio } from "./alternate.js";
import { difference, differences } from "./answers.js";
import { Torch } from "./pytorch.js";
import { digits, type Requirement, type Result, range, table, timingHead, timingRow } from "./report.js";
import { timed } from "./timed.js";
import { noise } from "./work.js";

const BATCH = 64;
const RULE = { lr: 0.05, momentum: 0.9 };
const ONE = "featuremap, 1 thread";
const TWO = "featuremap, 2 threads";

/** Steps whose losses and weights are compared. */
const COMPARED = 5;
/** Single precision, sums in another order, a few steps. */
const TOLERANCE = 1e-4;

export async function train(): Promise<Result> {
  const batches = noise(8, BATCH);
  const contestant = async (name: string, threads: number) => {
    const model = await lenet5({ seed: 1, runtime: await init({ threads }) });
    const weights = model.stateDict();
    const trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd(RULE) });
    const step = () => trainer.step(batches[trainer.steps % batches.length]!);
    return { name, model, weights, trainer, step, run: (times: number) => timed(times, step) };
  };
  const one = await contestant(ONE, 1);
  const two = await contestant(TWO, 2);
  const torch = await Torch.start();

  const wrong: (string | null)[] = [];
  const contenders: Contender[] = [one, two];
  const losses = [];
  for (let i = 0; i < COMPARED; i++) losses.push((await one.step()).loss);
  for (let i = 0; i < COMPARED; i++) await two.step();
  wrong.push(...differences(`${TWO} against 1`, two.model.stateDict(), one.model.stateDict(), 0));
  if (torch) {
    await torch.begin({ network: "lenet5", weights: one.weights, batches, ...RULE });
    const theirs = await torch.train(COMPARED);
    wrong.push(difference("losses against PyTorch", losses, theirs.losses, TOLERANCE));
    wrong.push(
      ...differences(
        "trained weights against PyTorch",
        one.model.stateDict(),
        await torch.weights(),
        TOLERANCE,
      ),
    );
    contenders.push({
      name: `PyTorch ${torch.version}, 1 thread`,
      run: async (n) => (await torch.train(n)).ms,
    });
  }

  const timings = await alternate(contenders);
  const [ours, shared, native] = timings;
  console.log(table(timingHead(`LeNet-5, batch ${BATCH}, one training step`), timings.map(timingRow)));

  const speedUp = ratio(ours!, shared!);
  const requirements: Requirement[] = [
    { name: "2 threads, how many times as fast as 1", unit: "x", measured: speedUp.median, atLeast: 1.6 },
  ];
  console.log(`2 threads against 1: ${digits(speedUp.median)} times as fast (${range(speedUp)})`);
  const behind = native && ratio(ours!, native);
  if (behind) {
    console.log(`1 thread against PyTorch's: ${digits(behind.median)} times its time (${range(behind)})`);
    requirements.unshift({
      name: "training step, times PyTorch's time",
      unit: "x",
      measured: behind.median,
      atMost: 3,
    });
  } else {
    console.log(
      "PyTorch is not installed for python3 (Debian: python3-torch, libopenblas0-openmp): not compared",
    );
  }

  torch?.end();
  for (const { trainer, model } of [one, two]) {
    trainer.dispose();
    model.dispose();
  }
  return {
    data: { batch: BATCH, timings, speedUp, timesPyTorch: behind ?? null },
    requirements,
    differences: wrong.filter((found) => found !== null),
  };
}
