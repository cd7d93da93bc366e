// Training steps: forward, backward, update by SGD with momentum, beside other libraries that train.
import { init, Tensor } from "featuremap";
import { crossEntropy, sgd, Trainer } from "featuremap/train";
import { lenet5, resnet18, resnet20Cifar } from "featuremap/zoo";
import { alternate, type Contender, ratio, type Timing } from "./alternate.js";
import { difference, differences } from "./answers.js";
import { Torch } from "./pytorch.js";
import { digits, type Requirement, type Result, range, table, timingHead, timingRow } from "./report.js";
import { timed } from "./timed.js";
import { convnetjs } from "./training/convnetjs.js";
import { jax } from "./training/jax.js";
import { CLASSES, type NetworkName, trained } from "./training/networks.js";
import type { Peer, Training } from "./training/peer.js";
import { tfjs } from "./training/tfjs.js";
import { noise } from "./work.js";

const zoo = { lenet5, resnet20: resnet20Cifar, resnet18 };

export const peers: Readonly<Record<string, Peer>> = { jax, tfjs, convnetjs };

const RULE = { lr: 0.01, momentum: 0.9 };
const ONE = "featuremap, 1 thread";
const TWO = "featuremap, 2 threads";

/** Steps whose losses are compared. */
const COMPARED = 2;
const TOLERANCE = 1e-3;
/** Of how far the first step moves the weights: gradients before batch norm are sums of numbers that nearly cancel. */
const MOVE_TOLERANCE = 0.02;
/** Rounds of peers, which take tens of times as long; where a step takes longer than this, one more step is all. */
const PEER_ROUNDS = 5;
const LONG_MS = 5000;

/** Measures networks, each beside PyTorch and peers. */
export async function training(names: readonly NetworkName[], others?: readonly string[]): Promise<Result> {
  const torch = await Torch.start();
  if (!torch)
    console.log(
      "PyTorch is not installed for python3 (Debian: python3-torch, libopenblas0-openmp): not compared",
    );
  const results: Result[] = [];
  for (const name of names) results.push(await measure(name, others ?? trained[name].peers, torch));
  torch?.end();
  return {
    data: Object.fromEntries(names.map((name, i) => [name, results[i]!.data])),
    requirements: results.flatMap(({ requirements = [] }) => requirements),
    differences: results.flatMap(({ differences = [] }) => differences),
  };
}

async function measure(
  network: NetworkName,
  others: readonly string[],
  torch: Torch | null,
): Promise<Result> {
  const { title, inputShape, batch, atMost, atLeast } = trained[network];
  const batches = noise(4, [batch, ...inputShape], CLASSES);
  const contestant = async (name: string, threads: number) => {
    const model = await zoo[network]({
      seed: 1,
      numClasses: CLASSES,
      inputShape,
      runtime: await init({ threads }),
    });
    const weights = model.stateDict();
    const trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd(RULE) });
    const step = () => trainer.step(batches[trainer.steps % batches.length]!);
    return { name, model, weights, trainer, step, run: (times: number) => timed(times, step) };
  };
  const one = await contestant(ONE, 1);
  const two = await contestant(TWO, 2);
  const parameters = new Map(one.model.parameters().map(({ name }) => [name, one.weights.get(name)!]));
  const wrong: (string | null)[] = [];

  const losses: number[] = [];
  const step = async (): Promise<void> => {
    losses.push((await one.step()).loss);
    await two.step();
  };
  await step();
  const first = one.model.stateDict();
  while (losses.length < COMPARED) await step();
  wrong.push(...differences(`${title}: ${TWO} against 1`, two.model.stateDict(), one.model.stateDict(), 0));

  const compareMoves = (name: string, weights: ReadonlyMap<string, Tensor>): void => {
    const [ours, theirs] = [first, weights].map((after) => moves(one.weights, after));
    wrong.push(...differences(`${title}: moves of weights, ${name}`, ours!, theirs!, MOVE_TOLERANCE));
  };
  const contenders: Contender[] = [one, two];
  if (torch) {
    await torch.begin({ network, weights: one.weights, batches, ...RULE });
    const theirs = (await torch.train(1)).losses;
    compareMoves("PyTorch", await torch.weights());
    theirs.push(...(await torch.train(COMPARED - 1)).losses);
    wrong.push(difference(`${title}: losses against PyTorch`, losses, theirs, TOLERANCE));
    contenders.push({
      name: `PyTorch ${torch.version}, 1 thread`,
      run: async (n) => (await torch.train(n)).ms,
    });
  }
  const timings = await alternate(contenders);
  const [ours, shared, native] = timings as [Timing, Timing, Timing?];

  const beside: { timing: Timing; times: ReturnType<typeof ratio> }[] = [];
  const work: Training = { network, weights: parameters, batches, classes: CLASSES, ...RULE };
  for (const other of others) {
    const peer = peers[other]!;
    const trainer = await peer.start(work);
    if (!trainer) continue;
    const started = performance.now();
    const loss = await trainer.step();
    const isLong = performance.now() - started > LONG_MS;
    wrong.push(difference(`${title}: loss against ${peer.name}`, losses.slice(0, 1), [loss], TOLERANCE));
    compareMoves(peer.name, trainer.weights());
    const contender = {
      name: `${peer.name}, 1 thread`,
      run: (times: number) => timed(times, () => trainer.step()),
    };
    const [again, timing] = await alternate(
      [one, contender],
      isLong ? { rounds: 1, warmUpMs: 0 } : { rounds: PEER_ROUNDS },
    );
    beside.push({ timing: timing!, times: ratio(timing!, again!) });
  }

  const rows = [...timings, ...beside.map(({ timing }) => timing)].map(timingRow);
  console.log(table(timingHead(`${title}, batch ${batch}, one training step`), rows));
  const requirements: Requirement[] = [];
  const behind = native && ratio(ours, native);
  if (behind) {
    console.log(`1 thread against PyTorch's: ${digits(behind.median)} times its time (${range(behind)})`);
    requirements.push({
      name: `${title}, training step, times PyTorch's time`,
      unit: "x",
      measured: behind.median,
      atMost,
    });
  }
  const speedUp = ratio(ours, shared);
  console.log(`2 threads against 1: ${digits(speedUp.median)} times as fast (${range(speedUp)})`);
  requirements.push({
    name: `${title}, 2 threads, how many times as fast as 1`,
    unit: "x",
    measured: speedUp.median,
    atLeast: 1.8,
  });
  for (const { timing, times } of beside)
    console.log(`1 thread against ${timing.name}: ${digits(times.median)} times as fast (${range(times)})`);
  if (atLeast && beside.length > 0) {
    requirements.push({
      name: `${title}, training step, how many times as fast as the fastest peer`,
      unit: "x",
      measured: Math.min(...beside.map(({ times }) => times.median)),
      atLeast,
    });
  }

  for (const { trainer, model } of [one, two]) {
    trainer.dispose();
    model.dispose();
  }
  return {
    data: { batch, timings, speedUp, timesPyTorch: behind ?? null, peers: beside },
    requirements,
    differences: wrong.filter((found) => found !== null),
  };
}

/** How far the weights have moved. */
function moves(before: ReadonlyMap<string, Tensor>, after: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    [...after].map(([name, { data, shape }]) => {
      const from = before.get(name)!.data;
      return [
        name,
        new Tensor(
          data.map((value, i) => value - from[i]!),
          shape,
        ),
      ];
    }),
  );
}
