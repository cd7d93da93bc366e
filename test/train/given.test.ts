import { augment, batches, cifar10, type Dataset, fromArrays, split, subset } from "../../src/data/index.js";
import { relu } from "../../src/layers/activation.js";
import { sequential } from "../../src/layers/containers.js";
import { conv1d } from "../../src/layers/convolution.js";
import { linear } from "../../src/layers/linear.js";
import { buildModel } from "../../src/layers/model.js";
import { batchNorm2d } from "../../src/layers/normalization.js";
import { flatten } from "../../src/layers/shape.js";
import { Random } from "../../src/random.js";
import { tensor } from "../../src/tensor.js";
import {
  accuracy,
  adam,
  cosine,
  crossEntropy,
  evaluate,
  type FitOptions,
  fit,
  mse,
  sgd,
  Trainer,
  warmup,
} from "../../src/train/index.js";
import { assert, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";
import { barNetwork, bars, one } from "./problems.js";

const test = suite("what training is given");

const data = bars(12);
// biome-ignore lint/suspicious/noExplicitAny: this is about what the types forbid.
const wrong = (value: unknown): any => value;

test("what is not a model is named, with the remedy", async () => {
  const network = sequential([flatten(), linear(3)]);
  const promise = network.build([1, 8, 8], { runtime: one });
  for (const [what, run] of [
    ["fit", (model: unknown) => fit(wrong(model), data, { epochs: 1 })],
    ["evaluate", (model: unknown) => evaluate(wrong(model), data)],
    [
      "Trainer",
      async (model: unknown) => new Trainer(wrong(model), { loss: crossEntropy(), optimizer: adam() }),
    ],
  ] as const) {
    const must = "it must be a model, as await network\\.build\\(inputShape\\) gives it";
    await rejectsMessage(
      run(promise),
      new RegExp(`^${what}: the model is a promise \\(write await.*; ${must}`),
    );
    await rejectsMessage(run(network), new RegExp(`^${what}: the model is \\{type: "Sequential".*; ${must}`));
    await rejectsMessage(run(undefined), new RegExp(`^${what}: the model is undefined; ${must}`));
  }
  (await promise).dispose();
});

test("models of several inputs are told apart at once", async () => {
  const ports = ["image", "mask"].map((name) => ({ name, shape: [1, 1, 8, 8], batch: true }));
  using model = await buildModel(barNetwork(), ports, { outputs: ["y"], runtime: one });
  const must =
    /^(fit|evaluate): the model has 2 inputs \("image", "mask"\); models are trained and evaluated with one/;
  await rejectsMessage(fit(model, data, { epochs: 1 }), must);
  await rejectsMessage(evaluate(model, data), must);
});

test("functions that were not called, and names of them, are told from what they make", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one });
  const cases: [object | null, RegExp][] = [
    [{ optimizer: "adam" }, /^fit: optimizer is "adam"; it must be an optimizer, such as adam\(\)/],
    [{ optimizer: adam }, /^fit: optimizer is a function; it must be an optimizer/],
    [{ loss: "mse" }, /^fit: loss is "mse"; it must be a loss, such as crossEntropy\(\)/],
    [{ loss: mse }, /^fit: loss is a function/],
    [{ schedule: "cosine" }, /^fit: schedule is "cosine"; it must be a schedule, such as cosine\(\)/],
    [{ schedule: cosine }, /^fit: schedule is a function; it must be a schedule/],
    [{ schedule: () => "0.1" }, /^fit: the schedule gives the learning rate "0\.1"/],
    [
      { metrics: ["accuracy"] },
      /^metrics is \["accuracy"\]; it must be a list of metrics, such as \[topK\(5\)\]/,
    ],
    [{ metrics: [accuracy] }, /^metrics is \[a function\]/],
    [{ metrics: accuracy() }, /^metrics is \{.*it must be a list/],
    [
      { augment: { flip: true } },
      /^fit: augment is \{flip: true\}; it must be a function, such as augment\(/,
    ],
    [{ shuffle: "no" }, /^fit: shuffle is "no"; it must be true or false/],
    [{ dropLast: 1 }, /^fit: dropLast is 1; it must be true or false/],
    [{ batchSize: "8" }, /^fit: batchSize is "8"; it must be a whole number of at least 1/],
    [{ clipNorm: "1" }, /^clipNorm is "1"; it must be a number above 0/],
    [{ seed: "1" }, /^The seed is "1"; it must be a whole number/],
    [{ signal: new AbortController() }, /^fit: signal is an AbortController; it must be an AbortSignal/],
    [{ callbacks: { onStepEnd: true } }, /^fit: onStepEnd is true; it must be a function/],
    [{ earlyStopping: { patience: 1, restoreBest: 0 } }, /restoreBest is 0; it must be true or false/],
    [{ checkpoint: { path: 5 } }, /^fit: checkpoint\.path is 5; it must be a string/],
    [{ resume: 5 }, /^fit: resume is 5; it must be a path, bytes/],
    [null, /^fit: give options, \{ epochs: 5 \} at least/],
  ];
  for (const [options, pattern] of cases) {
    await rejectsMessage(
      fit(model, data, wrong(options && { epochs: 1, ...options }) as FitOptions),
      pattern,
    );
  }
  await rejectsMessage(
    fit(model, data, wrong(3)),
    /^fit: options are given by name, as in \{ epochs: \.\.\. \}, not as 3/,
  );
  await rejectsMessage(evaluate(model, data, wrong(null)), /^evaluate: options are given by name/);
  await rejectsMessage(evaluate(model, data, { loss: wrong(crossEntropy) }), /^evaluate: loss is a function/);
  await rejectsMessage(evaluate(model, data, { mistakes: wrong("5") }), /^evaluate: mistakes is "5"/);
  throwsMessage(
    () => wrong(sgd)(),
    /^sgd: options are given by name, as in \{ lr: \.\.\. \}, not as undefined/,
  );
  throwsMessage(() => sgd({ lr: wrong("0.1") }), /^sgd: lr is "0\.1"; it must be a number above 0/);
  throwsMessage(() => sgd({ lr: 1, momentum: 0.9, nesterov: wrong("no") }), /^sgd: nesterov is "no"/);
  throwsMessage(() => adam({ betas: wrong(0.9) }), /^adam: betas are 0\.9; they must be two numbers/);
  throwsMessage(() => warmup(3, wrong(cosine)), /^warmup: the schedule that follows is a function/);
  throwsMessage(
    () => wrong(mse)({ reduction: "sum" }),
    /^mse: \{reduction: "sum"\} is one argument too many/,
  );
});

test("what is not a data set, or gives no batches, is named", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one });
  const must = "it must be a Dataset, such as";
  for (const odd of [undefined, null, {}, [1, 2], { ...data, classes: undefined }, { ...data, shape: 8 }]) {
    await rejectsMessage(fit(model, wrong(odd), { epochs: 1 }), new RegExp(`^fit: the data is .*; ${must}`));
    await rejectsMessage(evaluate(model, wrong(odd)), new RegExp(`^evaluate: the data is .*; ${must}`));
    throwsMessage(
      () => batches(wrong(odd), { batchSize: 1 }),
      new RegExp(`^batches: the data is .*; ${must}`),
    );
    throwsMessage(() => subset(wrong(odd), 0), new RegExp(`^subset: the data is .*; ${must}`));
    throwsMessage(() => split(wrong(odd), 0.5), new RegExp(`^split: the data is .*; ${must}`));
  }
  await rejectsMessage(
    fit(
      model,
      wrong(() => 3),
      { epochs: 1 },
    ),
    /what the data gives for epoch 0 is 3; it must be an async/,
  );
  const giving = (batch: unknown): Dataset => ({ ...data, get: () => wrong(batch) });
  await rejectsMessage(
    evaluate(model, giving(undefined)),
    /a batch is undefined; it must be \{ inputs, targets \}/,
  );
  await rejectsMessage(
    evaluate(model, giving({ inputs: [1] })),
    /a batch: its "inputs" is \[1\]; it must be a Tensor/,
  );
  throwsMessage(
    () => batches(data, { batchSize: 1, augment: wrong({ flip: true }) }),
    /^batches: augment is \{flip: true/,
  );
  throwsMessage(() => batches(data, { batchSize: 1, shuffle: wrong("no") }), /^batches: shuffle is "no"/);
  throwsMessage(() => augment({ flip: wrong("yes") }), /^augment: flip is "yes"/);
  await rejectsMessage(wrong(cifar10)("train"), /^cifar10: give the folder/);
});

test("targets and losses that do not go together name the remedy, and so does a last batch of one", async () => {
  using model = await sequential([linear(1), batchNorm2d()]).build([2], { runtime: one });
  const classes = fromArrays({
    inputs: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    targets: [0, 0, 0],
  });
  await rejectsMessage(
    fit(model, classes, { epochs: 1, loss: mse() }),
    /^mse: .* not class indices\. Give the data's targets as a tensor/,
  );
  await rejectsMessage(
    fit(model, classes, { epochs: 1, batchSize: 2 }),
    /use a larger batch or input, leave a last batch of one sample out with dropLast: true/,
  );
});

test("a network of vectors learns from arrays", async () => {
  const random = new Random(3);
  const points = Array.from({ length: 200 }, () => [random.normal(), random.normal()]);
  const inside = fromArrays({
    inputs: points,
    targets: points.map(([x, y]) => (x! * x! + y! * y! < 1 ? 1 : 0)),
  });
  using model = await sequential([linear(16), relu(), linear(2)]).build([2], { runtime: one });
  await fit(model, inside, { epochs: 30, batchSize: 20, optimizer: adam({ lr: 0.02 }) });
  const { accuracy: share, count } = await evaluate(model, inside);
  assert.is(count, 200);
  assert.ok(share > 0.93, `${share}`);

  const sums = fromArrays({ inputs: points, targets: tensor(points.map(([x, y]) => [x! - 2 * y!])) });
  using line = await sequential([linear(1)]).build([2], { runtime: one });
  await fit(line, sums, { epochs: 30, batchSize: 20, loss: mse(), optimizer: adam({ lr: 0.05 }) });
  assert.ok((await evaluate(line, sums, { loss: mse() })).loss < 1e-3);
});

test("a network of series learns from arrays", async () => {
  const random = new Random(4);
  const waves = Array.from({ length: 120 }, (_, i) => {
    const from = 6 * random.uniform();
    const wave = (part: number) =>
      Array.from({ length: 16 }, (_, t) => Math.sin(from + (i % 2 ? 0.5 : 1.5) * t + part));
    return [wave(0), wave(1)];
  });
  const set = fromArrays({ inputs: waves, targets: waves.map((_, i) => i % 2) });
  assert.equal(set.shape, [2, 1, 16]);
  using model = await sequential([conv1d(8, 5), relu(), flatten(), linear(2)]).build([2, 16], {
    runtime: one,
  });
  await fit(model, set, { epochs: 8, batchSize: 20, optimizer: adam({ lr: 0.01 }) });
  assert.ok((await evaluate(model, set)).accuracy > 0.95);
});

test.run();
