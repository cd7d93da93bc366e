import { augment, type Dataset, fromArrays } from "../../src/data/index.js";
import { relu } from "../../src/layers/activation.js";
import { type Network, sequential } from "../../src/layers/containers.js";
import { conv2d } from "../../src/layers/convolution.js";
import { linear } from "../../src/layers/linear.js";
import type { Model } from "../../src/layers/model.js";
import { batchNorm2d, dropout } from "../../src/layers/normalization.js";
import { flatten } from "../../src/layers/shape.js";
import { Tensor } from "../../src/tensor.js";
import {
  adam,
  type BatchSource,
  constant,
  cosine,
  crossEntropy,
  type FitOptions,
  type FitResult,
  fit,
  mse,
  sgd,
  stepDecay,
} from "../../src/train/index.js";
import { readSafetensors, writeSafetensors } from "../../src/weights/index.js";
import { survivesDamage } from "../harness/damage.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";
import { barNetwork, bars, one, runtimeOf, weightsOf } from "./problems.js";
import { data, network, trainings } from "./resumed.js";

const test = suite("checkpoint");

/** What of a result does not depend on the clock. */
function timeless({ history, best, stopped, steps }: FitResult): unknown {
  const records = history.map(({ seconds: _, imagesPerSecond: __, ...record }) => record);
  return { records, best, stopped, steps };
}

/** Trains a new model, and gives its checkpoints too. */
async function train(
  options: FitOptions,
  seed = 1,
  threads = 1,
): Promise<{ weights: Float32Array; result: FitResult; files: Uint8Array[] }> {
  using model = await network.build([1, 8, 8], { seed, runtime: runtimeOf(threads) });
  const files: Uint8Array[] = [];
  const checkpoint = { save: (bytes: Uint8Array) => files.push(bytes) };
  const result = await fit(model, data, { checkpoint, ...options });
  return { weights: weightsOf(model), result, files };
}

for (const [name, options] of Object.entries(trainings)) {
  test(`${name}: stopped and resumed in a new model gives the very same bits`, async () => {
    const whole = await train(options);
    assert.is(whole.files.length, 4);
    for (const epochs of [1, 2, 3]) {
      const first = await train({ ...options, callbacks: { onEpochEnd: ({ epoch }) => epoch < epochs } });
      assert.is(first.files.length, epochs);
      assert.not.equal(first.weights, whole.weights);
      // Another initialisation and another number of threads: everything comes from the file.
      const second = await train({ ...options, resume: first.files.at(-1)! }, 99, epochs === 2 ? 2 : 1);
      assert.equal(second.weights, whole.weights, `after ${epochs} epochs`);
      assert.equal(timeless(second.result), timeless(whole.result));
      const [a, b] = [whole, second].map(({ files }) => readSafetensors(files.at(-1)!).tensors);
      assert.equal(a, b);
    }
  });
}

test("a training that has numbers which are NaN is resumed to the same bits", async () => {
  const indices = Array.from({ length: 50 }, (_, i) => i);
  const { inputs, targets: classes } = await data.get(indices);
  const targets = new Tensor(
    Float32Array.from(classes as Int32Array, (c) => c - 1),
    [50],
  );
  const values = fromArrays({ inputs, targets });
  const toOne = sequential([...[conv2d(4, 3), batchNorm2d(), relu(), dropout(0.2)], flatten(), linear(1)]);
  async function* ofClasses(epoch: number) {
    for (let i = 0; i < 3; i++) yield data.get(indices.filter((at) => (at + epoch) % 3 === i));
  }
  const common: FitOptions = { epochs: 4, seed: 5, optimizer: sgd({ lr: 0.02, momentum: 0.9 }) };
  const cases: [string, Network, Dataset | BatchSource, FitOptions][] = [
    // No accuracy.
    ["values", toOne, values, { ...common, loss: mse(), batchSize: 16, schedule: cosine() }],
    // Nor one of the validation.
    [
      "values, validated",
      toOne,
      values,
      { ...common, loss: mse(), validation: values, earlyStopping: { patience: 9, monitor: "loss" } },
    ],
    // No number of steps.
    ["own batches", network, ofClasses, common],
  ];
  for (const [name, layers, source, options] of cases) {
    const run = async (more: Partial<FitOptions>, seed: number) => {
      using model = await layers.build([1, 8, 8], { seed, runtime: one, warm: false });
      const files: Uint8Array[] = [];
      const checkpoint = { save: (bytes: Uint8Array) => files.push(bytes) };
      const result = await fit(model, source, { ...options, checkpoint, ...more });
      return { weights: weightsOf(model), result, files };
    };
    const whole = await run({}, 1);
    assert.ok(Number.isNaN(whole.result.history[0]!.accuracy) === (name !== "own batches"), name);
    const first = await run({ callbacks: { onEpochEnd: ({ epoch }) => epoch < 2 } }, 1);
    const second = await run({ resume: first.files.at(-1)! }, 99);
    assert.equal(second.weights, whole.weights, name);
    assert.equal(timeless(second.result), timeless(whole.result), name);
    assert.equal(second.result.history.slice(0, 2), first.result.history, name);
  }
});

test("a checkpoint in the midst of an epoch is that of the last epoch's end", async () => {
  const { momentum } = trainings;
  const whole = await train(momentum!);
  const controller = new AbortController();
  const files: Uint8Array[] = [];
  using model = await network.build([1, 8, 8], { seed: 1, runtime: one, warm: false });
  await rejectsMessage(
    fit(model, data, {
      ...momentum!,
      checkpoint: { save: (bytes) => files.push(bytes) },
      signal: controller.signal,
      callbacks: {
        onStepEnd({ epoch, step }) {
          if (epoch === 3 && step === 2) controller.abort();
        },
      },
    }),
    /aborted/,
  );
  assert.is(files.length, 2);
  assert.equal((await train({ ...momentum!, resume: files[1]! }, 7)).weights, whole.weights);
});

test("every so many epochs, and at the end", async () => {
  const epochsOf = async (every: number, epochs: number): Promise<number[]> => {
    using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
    const seen: number[] = [];
    let epoch = 0;
    await fit(model, bars(20), {
      epochs,
      checkpoint: { every, save: async () => void seen.push(epoch) },
      callbacks: {
        onEpochEnd(record) {
          epoch = record.epoch;
        },
      },
    });
    return seen;
  };
  assert.equal(await epochsOf(2, 5), [2, 4, 5]);
  assert.equal(await epochsOf(3, 3), [3]);
});

test("a finished training that is resumed is finished; with more epochs it goes on", async () => {
  const options: FitOptions = { epochs: 2, optimizer: adam() };
  const { files, weights, result } = await train(options);
  const again = await train({ ...options, resume: files.at(-1)! }, 5);
  assert.equal(again.weights, weights);
  assert.equal(again.result.history, result.history);
  assert.is(again.files.length, 0);
  const more = await train({ ...options, epochs: 4, resume: files.at(-1)! }, 5);
  const straight = await train({ ...options, epochs: 4 });
  assert.equal(more.weights, straight.weights);
  assert.is(more.result.history.length, 4);
});

test("early stopping goes on where it was", async () => {
  const options: FitOptions = {
    epochs: 30,
    optimizer: sgd({ lr: 0.05, momentum: 0.9 }),
    schedule: ({ epoch }) => (epoch < 2 ? 0.05 : 3),
    clipNorm: 1,
    earlyStopping: { patience: 3 },
  };
  const whole = await train(options);
  assert.is(whole.result.stopped, "earlyStopping");
  const { best, history } = whole.result;
  assert.is(history.length, best!.epoch + 3);
  // Stopped when the best epoch was over, so that its weights are in the file alone.
  const first = await train({
    ...options,
    callbacks: { onEpochEnd: ({ epoch }) => epoch < best!.epoch + 1 },
  });
  const second = await train({ ...options, resume: first.files.at(-1)! }, 99);
  assert.equal(second.weights, whole.weights);
  assert.equal(timeless(second.result), timeless(whole.result));
  const after = await train({ ...options, resume: whole.files.at(-1)! }, 99);
  assert.equal(after.weights, whole.weights);
  assert.is(after.result.stopped, "earlyStopping");
});

test("the weights in a checkpoint load like any others", async () => {
  const { files, weights } = await train({ epochs: 1 });
  using model = await network.build([1, 8, 8], { seed: 8, runtime: one, warm: false });
  await model.load(files[0]!, { strict: false });
  assert.equal(weightsOf(model), weights);
});

/** Resumes, which must fail and leave the model as it was. */
async function refuses(model: Model, options: FitOptions, pattern: RegExp): Promise<void> {
  const used = one.heap.usedBytes;
  const before = weightsOf(model);
  await rejectsMessage(fit(model, data, options), pattern);
  assert.equal(weightsOf(model), before);
  assert.is(one.heap.usedBytes, used);
}

test("a checkpoint of another training is refused, and says what is other", async () => {
  const options: FitOptions = { epochs: 2, optimizer: sgd({ lr: 0.1, momentum: 0.9 }), seed: 3 };
  const { files } = await train({ ...options, epochs: 1 });
  const resume = files[0]!;
  using model = await network.build([1, 8, 8], { runtime: one, warm: false });
  const cases: [Partial<FitOptions>, RegExp][] = [
    [{ optimizer: adam() }, /belongs to another training\. optimizer: sgd in the checkpoint, adam now/],
    [{ optimizer: sgd({ lr: 0.1, momentum: 0.8 }) }, /optimizer's numbers: \[0\.1,0\.9,.*\[0\.1,0\.8,/],
    [
      { batchSize: 8, seed: 4 },
      /batchSize: 32 in the checkpoint, 8 now; seed: 3 in the checkpoint, 4 now\. Resume with the options/,
    ],
    [{ shuffle: false }, /shuffle: true in the checkpoint, false now/],
    [{ dropLast: true }, /dropLast: false/],
    [{ clipNorm: 2 }, /clipNorm: none in the checkpoint, 2 now/],
    [{ augment: augment({ flip: true }) }, /augment: false in the checkpoint, true now/],
    [{ loss: crossEntropy({ labelSmoothing: 0.1 }) }, /crossEntropy with label smoothing 0\.1 now/],
    [{ earlyStopping: { patience: 2 } }, /monitor: none in the checkpoint, loss now/],
    [{ schedule: () => 0.2 }, /schedule gave the learning rate 0\.1 for the last step, this one gives 0\.2/],
  ];
  for (const [other, pattern] of cases) await refuses(model, { ...options, ...other, resume }, pattern);
  await rejectsMessage(fit(model, bars(51), { ...options, resume }), /samples: 50 in the checkpoint, 51 now/);
  // What only looks different is no obstacle.
  for (const schedule of [constant(), stepDecay({ every: 1 })]) {
    const { result } = await train({ ...options, schedule, resume });
    assert.is(result.history.length, 2);
  }
  model.freeze("0");
  await refuses(
    model,
    { ...options, resume },
    /frozen: \[\] in the checkpoint, \["0\.weight","0\.bias"\] now/,
  );
  using other = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  await refuses(other, { ...options, resume }, /does not fit the model|is missing or of another size/);
});

test("a file that is no checkpoint, or is damaged, is refused", async () => {
  const options: FitOptions = { epochs: 2, optimizer: adam() };
  const { files } = await train({ ...options, epochs: 1 });
  const [file] = files as [Uint8Array];
  using model = await network.build([1, 8, 8], { runtime: one, warm: false });
  const resuming = (resume: Uint8Array, pattern: RegExp): Promise<void> =>
    refuses(model, { ...options, resume }, pattern);
  await resuming(
    model.toSafetensors(),
    /The checkpoint is not a checkpoint of a training\. For weights alone use model\.load/,
  );
  await resuming(file.subarray(0, file.length - 4), /truncated/);

  const { tensors, metadata } = readSafetensors(file);
  const [key, json] = Object.entries(metadata).find(([, value]) => value.startsWith("{"))!;
  const changed = (change: (tensors: Map<string, Tensor>) => void, state = json): Uint8Array => {
    const copy = new Map(tensors);
    change(copy);
    return writeSafetensors(copy, { ...metadata, [key]: state });
  };
  const keep = (): void => {};
  await resuming(changed(keep, "{"), /damaged: what it says about the training cannot be read/);
  await resuming(changed(keep, "null"), /another version of featuremap \(format undefined, expected 1\)/);
  await resuming(changed(keep, json.replace('"version":1', '"version":2')), /\(format 2, expected 1\)/);
  await resuming(changed(keep, json.replace('"totalSteps":', '"total":')), /training is incomplete/);
  await resuming(changed(keep, json.replace('"epoch":1', '"epoch":2')), /training is incomplete/);
  await resuming(
    changed((all) => all.delete("optimizer/mean/0.weight")),
    /optimiser's mean of "0\.weight" is missing/,
  );
  await resuming(
    changed((all) => all.set("optimizer/square/0.weight", new Tensor(new Float32Array(3), [3]))),
    /optimiser's square of "0\.weight" is missing or of another size/,
  );
  await resuming(
    changed((all) => all.delete("0.weight")),
    /The checkpoint does not fit the model\. missing: 0\.weight/,
  );
  await resuming(
    changed((all) => all.set("new", new Tensor(new Float32Array(3), [3]))),
    /unexpected: new/,
  );
  await resuming(
    changed(keep, json.replace('"version":1', '"version":1,"best":{"epoch":1,"value":1}')),
    /damaged: its best weights are not those of the same network/,
  );
});

test("random damage gives an error or a training", async () => {
  const options: FitOptions = { epochs: 1, batchSize: 50, optimizer: adam() };
  const { files } = await train(options);
  using model = await network.build([1, 8, 8], { runtime: one, warm: false });
  await survivesDamage(
    files,
    (resume) => fit(model, data, { ...options, resume }),
    ({ history }) => assert.ok(history.length >= 1),
    100,
  );
});

test.run();
