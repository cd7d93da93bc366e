import { type Batch, type Dataset, fromArrays } from "../../src/data/index.js";
import { sequential } from "../../src/layers/containers.js";
import { conv2d } from "../../src/layers/convolution.js";
import { linear } from "../../src/layers/linear.js";
import { globalAvgPool2d } from "../../src/layers/pooling.js";
import { flatten } from "../../src/layers/shape.js";
import { Random } from "../../src/random.js";
import { Tensor, tensor } from "../../src/tensor.js";
import {
  adam,
  type Callbacks,
  cosine,
  crossEntropy,
  type EpochRecord,
  evaluate,
  type FitOptions,
  fit,
  mse,
  type Schedule,
  type StepProgress,
  sgd,
  topK,
} from "../../src/train/index.js";
import { assert, near, rejectsMessage, suite } from "../harness/suite.js";
import { barNetwork, bars, one, runtimeOf, weightsOf, wideNetwork } from "./problems.js";

const test = suite("fit");

const momentum = sgd({ lr: 0.1, momentum: 0.9 });

/** A regression that is solved exactly: y = 2 a - 3 b + 1. */
function line(length: number, seed: number): { inputs: Tensor; targets: Tensor } {
  const random = new Random(seed);
  const inputs = new Tensor(
    Float32Array.from({ length: 2 * length }, () => random.normal()),
    [length, 2],
  );
  const targets = Float32Array.from({ length }, (_, i) => 2 * inputs.at(i, 0) - 3 * inputs.at(i, 1) + 1);
  return { inputs, targets: new Tensor(targets, [length]) };
}

test("learns to tell bars apart, with Adam and with momentum", async () => {
  for (const options of [
    { epochs: 20, optimizer: adam({ lr: 0.01 }) },
    { epochs: 8, optimizer: momentum },
  ]) {
    using model = await barNetwork().build([1, 8, 8], { seed: 1, runtime: one, warm: false });
    const { history, stopped, steps, best } = await fit(model, bars(300), {
      ...options,
      validation: bars(100, 1),
    });
    assert.is(stopped, "epochs");
    assert.is(best, undefined);
    assert.is(history.length, options.epochs);
    // 300 samples are 9 batches of 32 and one of 12.
    assert.is(steps, 10 * options.epochs);
    assert.ok(history.at(-1)!.accuracy >= 0.95, JSON.stringify(history.at(-1)));
    assert.ok(history.at(-1)!.validationAccuracy! >= 0.9, JSON.stringify(history.at(-1)));
    assert.ok(history.at(-1)!.loss < 0.3 && history[0]!.loss > 0.8);
    // The model takes the names of the classes from the data.
    assert.equal(model.classes, ["lying", "standing", "diagonal"]);
  }
});

test("a record's numbers are what evaluating says", async () => {
  using model = await barNetwork().build([1, 8, 8], { seed: 1, runtime: one, warm: false });
  const validation = bars(70, 1);
  const { history } = await fit(model, bars(90), {
    epochs: 2,
    metrics: [topK(2)],
    optimizer: momentum,
    validation,
  });
  const last = history[1]!;
  const { loss, accuracy, topK: top2 } = await evaluate(model, validation, { batchSize: 70, topK: 2 });
  near([last.validationLoss!], [loss]);
  assert.is(last.validationAccuracy, accuracy);
  assert.equal(last.validationMetrics, { top2 });
  assert.equal([last.epoch, last.steps, last.lr], [2, 3, 0.1]);
  assert.equal(Object.keys(last.metrics), ["top2"]);
  assert.ok(last.accuracy <= last.metrics.top2! && last.metrics.top2! <= 1);
  near([last.imagesPerSecond * last.seconds], [90]);
});

test("means over an epoch count samples, not batches", async () => {
  // The weights hardly move, so each sample's loss is the same in training as in evaluation.
  using model = await barNetwork().build([1, 8, 8], { seed: 1, runtime: one, warm: false });
  const data = bars(33);
  const { loss, accuracy } = await evaluate(model, data);
  const { history } = await fit(model, data, { epochs: 1, optimizer: sgd({ lr: 1e-20 }) });
  near([history[0]!.loss], [loss], { rtol: 1e-6 });
  assert.is(history[0]!.accuracy, accuracy);
});

test("dropLast leaves out a last batch that is not full", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const sizes: number[] = [];
  const counting: Dataset = {
    ...bars(50),
    get(indices) {
      sizes.push(indices.length);
      return bars(50).get(indices);
    },
  };
  await fit(model, counting, { epochs: 1, batchSize: 20, dropLast: true });
  await fit(model, counting, { epochs: 1, batchSize: 20 });
  assert.equal(sizes, [20, 20, 20, 20, 10]);
});

test("regression: a line is found, from features, by batches of one's own making", async () => {
  const network = sequential([linear(1)]);
  using model = await network.build([2], { seed: 1, runtime: one, warm: false });
  async function* batches(epoch: number): AsyncGenerator<Batch> {
    for (let i = 0; i < 10; i++) yield line(16, 100 * epoch + i);
  }
  const progress: StepProgress[] = [];
  const { history } = await fit(model, batches, {
    epochs: 10,
    loss: mse(),
    optimizer: sgd({ lr: 0.2 }),
    schedule: cosine(),
    stepsPerEpoch: 10,
    callbacks: { onStepEnd: (step) => void progress.push(step) },
  });
  near(model.stateDict().get("0.weight")!.data, [2, -3], { atol: 1e-3 });
  near(model.stateDict().get("0.bias")!.data, [1], { atol: 1e-3 });
  assert.ok(history.at(-1)!.loss < 1e-6);
  // There are no right answers to count.
  assert.ok(Number.isNaN(history[0]!.accuracy));
  assert.is(progress.length, 100);
  assert.is(progress[0]!.steps, 10);
  assert.ok(progress[0]!.secondsLeft > 0);
  assert.is(progress[99]!.secondsLeft, 0);
});

test("regression on a data set, whose samples become features", async () => {
  const { inputs, targets } = line(200, 7);
  const data = fromArrays({ inputs: inputs.reshape(200, 2, 1, 1), targets });
  using model = await sequential([linear(1)]).build([2], { seed: 1, runtime: one, warm: false });
  await fit(model, data, {
    epochs: 30,
    batchSize: 20,
    loss: mse(),
    optimizer: adam({ lr: 0.1 }),
    schedule: cosine(),
  });
  near(model.stateDict().get("0.weight")!.data, [2, -3], { atol: 1e-2 });
});

test("pictures of another size, where the network takes them", async () => {
  const network = sequential([conv2d(4, 3), globalAvgPool2d(), flatten(), linear(3)]);
  using model = await network.build([1, 16, 16], { runtime: one, warm: false });
  const { history } = await fit(model, bars(20), { epochs: 1 });
  assert.ok(history[0]!.loss > 0);
});

test("the schedule decides the learning rate of each step", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const points: unknown[] = [];
  const rates: number[] = [];
  const schedule: Schedule = (point) => {
    points.push({ ...point });
    return 0.1 / (1 + point.step);
  };
  await fit(model, bars(40), {
    epochs: 2,
    batchSize: 20,
    optimizer: sgd({ lr: 0.3 }),
    schedule,
    callbacks: { onStepEnd: ({ lr }) => void rates.push(lr) },
  });
  assert.equal(rates, [0.1, 0.05, 0.1 / 3, 0.025]);
  const [baseLr, totalSteps] = [0.3, 4];
  assert.equal(points, [
    { step: 0, totalSteps, epoch: 0, baseLr },
    { step: 1, totalSteps, epoch: 0, baseLr },
    { step: 2, totalSteps, epoch: 1, baseLr },
    { step: 3, totalSteps, epoch: 1, baseLr },
  ]);
});

test("same seed, same bits, for any number of threads; another seed, others", async () => {
  const train = async (threads: number, seed: number): Promise<Float32Array> => {
    using model = await wideNetwork().build([1, 8, 8], { runtime: threads === 1 ? one : runtimeOf(threads) });
    await fit(model, bars(100), { epochs: 2, seed });
    return weightsOf(model);
  };
  const first = await train(1, 3);
  assert.equal(await train(2, 3), first);
  assert.equal(await train(1, 3), first);
  assert.not.equal(await train(1, 4), first);
});

test("callbacks are called in order, and awaited", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const events: string[] = [];
  const callbacks: Callbacks = {
    onTrainBegin: (begin) => void events.push(`begin ${JSON.stringify(begin)}`),
    async onStepEnd({ epoch, epochs, step, steps, loss, batchLoss, accuracy, imagesPerSecond, secondsLeft }) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      events.push(`step ${step}/${steps} of epoch ${epoch}/${epochs}`);
      assert.ok(imagesPerSecond > 0 && secondsLeft >= 0 && accuracy >= 0 && accuracy <= 1);
      assert.is(step === 1, loss === batchLoss);
    },
    onEpochEnd: ({ epoch, steps }) => void events.push(`epoch ${epoch}, ${steps} steps`),
    onTrainEnd: ({ stopped }) => void events.push(stopped),
  };
  const others: string[] = [];
  await fit(model, bars(40), {
    epochs: 2,
    batchSize: 20,
    callbacks: [callbacks, { onEpochEnd: () => void others.push("epoch") }],
  });
  assert.equal(events, [
    'begin {"epochs":2,"epochsDone":0,"steps":2,"samples":40}',
    ...["step 1/2 of epoch 1/2", "step 2/2 of epoch 1/2", "epoch 1, 2 steps"],
    ...["step 1/2 of epoch 2/2", "step 2/2 of epoch 2/2", "epoch 2, 2 steps"],
    "epochs",
  ]);
  assert.is(others.length, 2);
});

test("a callback that gives false ends training", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const run = (callbacks: Callbacks) => fit(model, bars(40), { epochs: 5, batchSize: 10, callbacks });
  const inEpoch = await run({ onStepEnd: async ({ epoch, step }) => epoch < 2 || step < 3 });
  assert.equal([inEpoch.stopped, inEpoch.history.length, inEpoch.steps], ["callback", 1, 7]);
  const afterEpoch = await run({ onEpochEnd: ({ epoch }) => epoch < 3 });
  assert.equal([afterEpoch.stopped, afterEpoch.history.length, afterEpoch.steps], ["callback", 3, 12]);
  const atOnce = await run({ onTrainBegin: () => false });
  assert.equal([atOnce.stopped, atOnce.history.length, atOnce.steps], ["callback", 0, 0]);
});

test("the next batch is asked for while a step is computed", async () => {
  // One thread alone does one thing after the other.
  const runtime = runtimeOf(2);
  if (runtime.threads === 1) return;
  using model = await wideNetwork().build([1, 8, 8], { runtime, warm: false });
  const events: string[] = [];
  const data = bars(60);
  const watched: Dataset = {
    ...data,
    get(indices) {
      let now = "idle";
      try {
        model.predictSync(tensor(new Float32Array(64), [1, 1, 8, 8]));
      } catch {
        now = "busy";
      }
      events.push(`batch while ${now}`);
      return data.get(indices);
    },
  };
  const callbacks = { onStepEnd: () => void events.push("step") };
  await fit(model, watched, { epochs: 1, batchSize: 20, callbacks });
  const busy = "batch while busy";
  assert.equal(events, ["batch while idle", busy, "step", busy, "step", "step"]);
});

test("early stopping restores the weights of the best epoch", async () => {
  const [data, validation] = [bars(100), bars(60, 1)];
  // Good steps for three epochs, then wild ones.
  const schedule: Schedule = ({ epoch }) => (epoch < 3 ? 0.1 : 2);
  for (const restoreBest of [true, false]) {
    for (const monitor of [undefined, "validationAccuracy", "loss"] as const) {
      using model = await barNetwork().build([1, 8, 8], { seed: 2, runtime: one, warm: false });
      const after: Float32Array[] = [];
      const records: EpochRecord[] = [];
      const { history, stopped, best } = await fit(model, data, {
        epochs: 50,
        optimizer: momentum,
        schedule,
        validation,
        earlyStopping: { patience: 2, restoreBest, ...(monitor && { monitor }) },
        callbacks: {
          onEpochEnd(record) {
            records.push(record);
            after.push(weightsOf(model));
          },
        },
      });
      assert.is(stopped, "earlyStopping");
      assert.equal(history, records);
      const values = history.map((record) => record[monitor ?? "validationLoss"]!);
      const value = monitor === "validationAccuracy" ? Math.max(...values) : Math.min(...values);
      const epoch = values.indexOf(value) + 1;
      assert.equal(best, { epoch, value, monitor: monitor ?? "validationLoss" });
      assert.is(history.length, epoch + 2);
      assert.equal(weightsOf(model), after[restoreBest ? epoch - 1 : epoch + 1]);
    }
  }
});

test("early stopping: an improvement of no more than minDelta is none", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const { history, best } = await fit(model, bars(64), {
    epochs: 9,
    optimizer: sgd({ lr: 1e-3 }),
    earlyStopping: { patience: 3, minDelta: 0.5 },
  });
  assert.equal([history.length, best!.epoch, best!.monitor], [4, 1, "loss"]);
  assert.ok(history[1]!.loss < history[0]!.loss);
});

test("an abort ends it within a step: the reason is thrown, the model goes on, the memory is back", async () => {
  for (const threads of [1, 2]) {
    const runtime = runtimeOf(threads);
    using model = await wideNetwork().build([1, 8, 8], { runtime, warm: false });
    const pictures = new Tensor(new Float32Array(64 * 64), [64, 1, 8, 8]);
    // Workers, if any.
    await model.predict(pictures);
    model.rest();
    const used = runtime.heap.usedBytes;
    for (const reason of [undefined, new Error("enough")]) {
      const controller = new AbortController();
      let steps = 0;
      const onStepEnd = (): void => {
        if (++steps === 3) controller.abort(reason);
      };
      const training = fit(model, bars(100), {
        epochs: 10,
        batchSize: 20,
        callbacks: { onStepEnd },
        signal: controller.signal,
      });
      await training.then(
        () => assert.unreachable(),
        (error: Error) => assert.is(reason ?? "AbortError", reason ? error : error.name),
      );
      assert.is(steps, 3);
      assert.is(runtime.heap.usedBytes, used);
      await model.predict(pictures);
    }
    await rejectsMessage(
      fit(model, bars(10), { epochs: 1, signal: AbortSignal.abort(new Error("before")) }),
      /^before$/,
    );
  }
});

test("an abort does not wait for data", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const controller = new AbortController();
  const stuck: Dataset = { ...bars(20), get: () => new Promise(() => {}) };
  const training = fit(model, stuck, { epochs: 1, signal: controller.signal });
  setTimeout(() => controller.abort(), 5);
  await rejectsMessage(training, /aborted/);
});

test("an abort ends a validation", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const controller = new AbortController();
  const data = bars(100);
  let asked = 0;
  const validation: Dataset = {
    ...data,
    get(indices) {
      if (++asked === 2) controller.abort();
      return data.get(indices);
    },
  };
  await rejectsMessage(
    fit(model, bars(20), { epochs: 3, batchSize: 10, validation, signal: controller.signal }),
    /aborted/,
  );
  assert.ok(asked <= 3);
});

test("a loss that is no number is an error, and the model gets back the weights of the epoch's beginning", async () => {
  using model = await barNetwork().build([1, 8, 8], { seed: 1, runtime: one, warm: false });
  const used = one.heap.usedBytes;
  let kept = weightsOf(model);
  await rejectsMessage(
    fit(model, bars(100), {
      epochs: 5,
      optimizer: momentum,
      schedule: ({ epoch }) => (epoch < 2 ? 0.1 : 1e30),
      callbacks: {
        onEpochEnd() {
          kept = weightsOf(model);
        },
      },
    }),
    /fit: the loss became (NaN|Infinity) at step \d of epoch 3, at a learning rate of 1e\+30\. .*lower lr.*clipNorm: 1.*weights it had when the epoch began/,
  );
  assert.equal(weightsOf(model), kept);
  assert.is(one.heap.usedBytes, used);
});

test("weights that are no numbers after the last step are an error too", async () => {
  using model = await barNetwork().build([1, 8, 8], { seed: 1, runtime: one, warm: false });
  const kept = weightsOf(model);
  await rejectsMessage(
    fit(model, bars(64), {
      epochs: 1,
      optimizer: sgd({ lr: 0.1, weightDecay: 1e5 }),
      schedule: ({ step }) => (step === 1 ? 1e36 : 1e-9),
    }),
    /a value of "[\w.]+" was no longer a finite number after epoch 1/,
  );
  assert.equal(weightsOf(model), kept);
});

test("a loss that is no number in the first step has another cause", async () => {
  using model = await barNetwork().build([1, 8, 8], { seed: 1, runtime: one, warm: false });
  const state = model.stateDict();
  state.get("0.weight")!.data.fill(3e38);
  state.get("4.weight")!.data.fill(3e38);
  model.loadStateDict(state);
  await rejectsMessage(
    fit(model, bars(64), { epochs: 1 }),
    /It was the first step, so the weights to begin with/,
  );
});

test("an error in the midst of an epoch gives the weights of its beginning back", async () => {
  using model = await barNetwork().build([1, 8, 8], { seed: 1, runtime: one, warm: false });
  const kept = weightsOf(model);
  let steps = 0;
  const loss = crossEntropy();
  const failing = {
    ...loss,
    feed(targets: Int32Array | Tensor, shape: readonly number[]) {
      if (++steps === 3) throw new Error("the third step fails");
      return loss.feed(targets, shape);
    },
  };
  await rejectsMessage(
    fit(model, bars(100), { epochs: 1, batchSize: 10, loss: failing }),
    /third step fails/,
  );
  assert.equal(weightsOf(model), kept);
});

test("an error of a callback or of the data comes through, and the memory is back", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const used = one.heap.usedBytes;
  const failing: Callbacks = {
    onStepEnd: ({ step }) => {
      if (step === 2) throw new Error("not today");
    },
  };
  await rejectsMessage(
    fit(model, bars(100), { epochs: 1, batchSize: 10, callbacks: failing }),
    /^not today$/,
  );
  assert.is(one.heap.usedBytes, used);
  const data = bars(100);
  let asked = 0;
  const broken: Dataset = {
    ...data,
    get: (indices) => (++asked === 4 ? Promise.reject(new Error("lost")) : data.get(indices)),
  };
  await rejectsMessage(fit(model, broken, { epochs: 1, batchSize: 10 }), /^lost$/);
  assert.is(one.heap.usedBytes, used);
});

test("training gives its memory back", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const used = one.heap.usedBytes;
  await fit(model, bars(50), { epochs: 2, validation: bars(30, 1), clipNorm: 1 });
  assert.is(one.heap.usedBytes, used);
});

test("data that do not fit are refused, with both shapes and the remedy", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const run = (data: unknown, options: object = {}) => fit(model, data as Dataset, { epochs: 1, ...options });
  const pictures = (shape: number[], targets: ArrayLike<number> | Tensor, classes?: string[]): Dataset =>
    fromArrays({
      inputs: new Tensor(new Float32Array(shape.reduce((a, b) => a * b)), shape),
      targets,
      name: "set",
      ...(classes && { classes }),
    });
  await rejectsMessage(
    run(pictures([1, 3, 8, 8], [0])),
    /fit: set has inputs of shape \[3, 8, 8\], but the model takes \[1, 8, 8\]\. Build the network/,
  );
  await rejectsMessage(
    run(pictures([1, 1, 12, 12], [0])),
    /fit: set has inputs of shape \[1, 12, 12\], but the model takes \[1, 8, 8\]\. .*"4\.weight"/,
  );
  await rejectsMessage(run(pictures([0, 1, 8, 8], [])), /fit: set has no samples/);
  await rejectsMessage(
    run(pictures([1, 1, 8, 8], [0], ["a", "b", "c", "d"])),
    /set has 4 classes, but the model has 3 outputs\. End the network in linear\(4\)/,
  );
  await rejectsMessage(
    run(pictures([2, 1, 8, 8], [0, 1]), { dropLast: true }),
    /less than a batch of 32.*smaller batchSize/,
  );
  await rejectsMessage(run(pictures([1, 1, 8, 8], tensor([1]))), /For values use the loss mse/);
  await rejectsMessage(
    run(bars(10), { validation: pictures([1, 1, 12, 12], [0]) }),
    /fit: validation: set has inputs of shape \[1, 12, 12\]/,
  );
  const inputs = new Tensor(new Float32Array(3 * 64), [3, 1, 8, 8]);
  inputs.data[100] = Number.NaN;
  await rejectsMessage(
    run(fromArrays({ inputs, targets: [0, 1, 2], name: "set" })),
    /set: sample 1 has the input value NaN/,
  );
  await rejectsMessage(
    run(Promise.resolve(bars(3))),
    /the data is a promise \(write await before it\); it must be a Dataset/,
  );
  await rejectsMessage(run(undefined), /the data is undefined; it must be a Dataset/);
});

test("batches of one's own making are checked", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const run = (batch: unknown, options: object = {}) => {
    async function* batches(): AsyncGenerator<Batch> {
      yield await bars(4).get([0, 1]);
      yield batch as Batch;
    }
    return fit(model, batches, { epochs: 1, ...options });
  };
  const inputs = new Tensor(new Float32Array(128), [2, 1, 8, 8]);
  const targets = Int32Array.of(0, 1);
  await rejectsMessage(
    run({ inputs: inputs.reshape(2, 8, 8, 1), targets }),
    /fit: batch 1 of epoch 0: its inputs have shape \[2, 8, 8, 1\], but the model takes \[n, 1, 8, 8\]/,
  );
  await rejectsMessage(run({ inputs, targets: [0, 1] }), /must be an Int32Array/);
  await rejectsMessage(run({ inputs, targets: Int32Array.of(0) }), /2 inputs, but 1 targets/);
  await rejectsMessage(
    run({ inputs: inputs.data, targets }),
    /its "inputs" is a Float32Array; it must be a Tensor/,
  );
  await rejectsMessage(run({ inputs, targets: Int32Array.of(0, 3) }), /target 1 of the batch is class 3/);
  const infinite = new Tensor(inputs.data.slice().fill(Number.POSITIVE_INFINITY, 64, 65), [2, 1, 8, 8]);
  await rejectsMessage(run({ inputs: infinite, targets }), /sample 1 has the input value Infinity/);
  async function* none(): AsyncGenerator<Batch> {}
  await rejectsMessage(fit(model, none, { epochs: 1 }), /the data gave no batch for epoch 0/);
  await rejectsMessage(
    run({ inputs, targets }, { shuffle: true }),
    /shuffle has no effect on batches of your own/,
  );
  await rejectsMessage(run({ inputs, targets }, { schedule: cosine() }), /learning rate NaN.*stepsPerEpoch/);
});

test("options that make no sense are refused, before anything is done", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const used = one.heap.usedBytes;
  const cases: [object | undefined, RegExp][] = [
    [{ epochs: 1, bachSize: 3 }, /fit: unknown option "bachSize"\. It takes: epochs, batchSize/],
    [{}, /fit: epochs is undefined; it must be a whole number of at least 1/],
    [undefined, /fit: give options/],
    [{ epochs: 0 }, /epochs is 0/],
    [{ epochs: 1, batchSize: 2.5 }, /batchSize is 2\.5/],
    [{ epochs: 1, seed: 0.1 }, /seed is 0\.1/],
    [{ epochs: 1, clipNorm: -1 }, /clipNorm is -1/],
    [{ epochs: 1, stepsPerEpoch: 3 }, /stepsPerEpoch is for data that is a function/],
    [{ epochs: 1, schedule: () => -1 }, /the schedule gives the learning rate -1 for step 0 of 1/],
    [{ epochs: 1, callbacks: { onEpochsEnd() {} } }, /fit: callbacks: unknown option "onEpochsEnd"/],
    [{ epochs: 1, metrics: [topK(2), topK(2)] }, /"top2" is there twice/],
    [{ epochs: 1, earlyStopping: { patience: 0 } }, /patience is 0/],
    [{ epochs: 1, earlyStopping: {} }, /patience is undefined/],
    [{ epochs: 1, earlyStopping: { patience: 1, monitor: "f1" } }, /monitor is "f1"; it must be one of loss/],
    [{ epochs: 1, earlyStopping: { patience: 1, monitor: "validationLoss" } }, /there is no validation/],
    [{ epochs: 1, earlyStopping: { patience: 1, best: true } }, /unknown option "best"/],
    [{ epochs: 1, checkpoint: {} }, /either a path or a function save/],
    [{ epochs: 1, checkpoint: { path: "a", every: 0 } }, /every is 0/],
  ];
  for (const [options, pattern] of cases) {
    await rejectsMessage(fit(model, bars(10), options as FitOptions), pattern);
  }
  const regression = sequential([linear(1)]);
  using other = await regression.build([2], { runtime: one, warm: false });
  const { inputs, targets } = line(10, 1);
  const data = fromArrays({ inputs: inputs.reshape(10, 2, 1, 1), targets });
  await rejectsMessage(
    fit(other, data, { epochs: 1, loss: mse(), earlyStopping: { patience: 1, monitor: "accuracy" } }),
    /watches accuracy, which is NaN in epoch 1/,
  );
  other.dispose();
  assert.is(one.heap.usedBytes, used);
});

test("a model is trained once at a time, and not after dispose", async () => {
  const model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const first = fit(model, bars(50), { epochs: 1 });
  await rejectsMessage(fit(model, bars(50), { epochs: 1 }), /this model is being trained already/);
  await first;
  await fit(model, bars(50), { epochs: 1 });
  await rejectsMessage(
    fit(model, bars(50), { epochs: 3, callbacks: { onStepEnd: () => model.dispose() } }),
    /model was disposed of/,
  );
  await rejectsMessage(fit(model, bars(50), { epochs: 1 }), /model was disposed of/);
  await rejectsMessage(evaluate(model, bars(50)), /model was disposed of/);
});

test.run();
