import { type Dataset, fromArrays } from "../../src/data/index.js";
import { relu, softmax } from "../../src/layers/activation.js";
import { sequential } from "../../src/layers/containers.js";
import { conv2d } from "../../src/layers/convolution.js";
import { linear } from "../../src/layers/linear.js";
import { batchNorm2d, dropout } from "../../src/layers/normalization.js";
import { flatten } from "../../src/layers/shape.js";
import { Tensor } from "../../src/tensor.js";
import {
  confusionMatrix,
  crossEntropy,
  type EvaluateOptions,
  type EvaluateProgress,
  evaluate,
  fit,
  mse,
  sgd,
  topK,
} from "../../src/train/index.js";
import { assert, near, rejectsMessage, suite } from "../harness/suite.js";
import { barNetwork, bars, one } from "./problems.js";

const test = suite("evaluate");

const network = sequential([conv2d(4, 3), batchNorm2d(), relu(), flatten(), dropout(0.5), linear(3)]);

test("loss, accuracy, top k, confusion and mistakes are those of plain loops", async () => {
  using model = await network.build([1, 8, 8], { seed: 4, runtime: one });
  // A little training, so that the running statistics are not those of the beginning.
  await fit(model, bars(60), { epochs: 2, optimizer: sgd({ lr: 0.02 }) });
  const data = bars(70, 3);
  const all = await data.get(Array.from({ length: 70 }, (_, i) => i));
  const targets = all.targets as Int32Array;
  const { data: scores } = await model.predict(all.inputs);

  let loss = 0;
  let smooth = 0;
  let right = 0;
  let second = 0;
  const matrix = [0, 1, 2].map(() => [0, 0, 0]);
  const mistakes: object[] = [];
  for (let i = 0; i < 70; i++) {
    const own = [...scores.subarray(3 * i, 3 * i + 3)];
    const target = targets[i]!;
    const logSum = Math.log(own.reduce((sum, score) => sum + Math.exp(score), 0));
    loss += (logSum - own[target]!) / 70;
    for (let k = 0; k < 3; k++) smooth += ((logSum - own[k]!) * ((k === target ? 0.7 : 0) + 0.3 / 3)) / 70;
    const order = [0, 1, 2].sort((a, b) => own[b]! - own[a]!);
    const predicted = order[0]!;
    matrix[target]![predicted]!++;
    if (predicted === target) right++;
    else mistakes.push({ index: i, actual: target, predicted, p: Math.exp(own[predicted]! - logSum) });
    if (order.indexOf(target) < 2) second++;
  }
  assert.ok(mistakes.length > 5 && right > 5);

  for (const batchSize of [16, 64, 70, 1]) {
    const result = await evaluate(model, data, { batchSize, topK: 2, mistakes: true });
    near([result.loss], [loss], { atol: 1e-5 });
    assert.is(result.accuracy, right / 70);
    assert.is(result.topK, second / 70);
    assert.equal(result.confusion, { matrix, classes: ["lying", "standing", "diagonal"] });
    assert.is(result.count, 70);
    assert.ok(result.seconds > 0);
    near([result.imagesPerSecond], [70 / result.seconds], { rtol: 1e-9 });
    const found = result.mistakes!.map(({ probability, ...rest }) => ({ ...rest, p: probability }));
    assert.equal(
      found.map(({ p: _, ...rest }) => rest),
      mistakes.map(({ p: _, ...rest }: { p?: number }) => rest),
    );
    near(
      found.map(({ p }) => p),
      (mistakes as { p: number }[]).map(({ p }) => p),
      { atol: 1e-5 },
    );
  }
  const smoothed = await evaluate(model, data, { loss: crossEntropy({ labelSmoothing: 0.3 }) });
  near([smoothed.loss], [smooth], { atol: 1e-5 });
  assert.is(smoothed.topK, undefined);
  assert.is(smoothed.mistakes, undefined);
  const { mistakes: some } = await evaluate(model, data, { mistakes: 3 });
  assert.is(some!.length, 3);
});

test("more metrics, by name", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one });
  const { metrics, confusion } = await evaluate(model, bars(20), { metrics: [topK(3), confusionMatrix()] });
  assert.equal(metrics, { top3: 1, confusion: confusion.matrix });
});

test("regression has a loss, but nothing right or wrong", async () => {
  using model = await sequential([flatten(), linear(2)]).build([1, 3, 3], { runtime: one });
  const inputs = new Tensor(
    Float32Array.from({ length: 45 }, (_, i) => Math.sin(i)),
    [5, 1, 3, 3],
  );
  const targets = new Tensor(
    Float32Array.from({ length: 10 }, (_, i) => i / 10),
    [5, 2],
  );
  const { data } = await model.predict(inputs);
  const expected = data.reduce((sum, y, i) => sum + (y - targets.data[i]!) ** 2, 0) / 10;
  const result = await evaluate(model, fromArrays({ inputs, targets }), { batchSize: 2, loss: mse() });
  near([result.loss], [expected]);
  assert.ok(Number.isNaN(result.accuracy));
  assert.equal(result.confusion, { matrix: [], classes: [] });
});

test("probabilities of a network that ends in softmax are its outputs", async () => {
  using model = await sequential([flatten(), linear(3), softmax()]).build([1, 8, 8], { runtime: one });
  const data = bars(10);
  const { mistakes } = await evaluate(model, data, { mistakes: true });
  const { index, predicted, probability } = mistakes![0]!;
  const { inputs } = await data.get([index]);
  near([probability], [(await model.predict(inputs)).data[predicted]!]);
});

test("class names come from the data, or the model", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, classes: ["a", "b", "c"] });
  const unnamed: Dataset = { ...bars(9), classes: [] };
  assert.equal((await evaluate(model, unnamed)).confusion.classes, ["a", "b", "c"]);
  model.classes = [];
  assert.equal((await evaluate(model, unnamed)).confusion.classes, ["0", "1", "2"]);
});

test("evaluates what the weights are now, and changes nothing", async () => {
  using model = await network.build([1, 8, 8], { seed: 4, runtime: one });
  using other = await network.build([1, 8, 8], { seed: 5, runtime: one });
  const data = bars(40);
  const used = one.heap.usedBytes;
  const first = await evaluate(model, data);
  const before = model.stateDict();
  assert.is((await evaluate(model, data)).loss, first.loss);
  assert.equal(model.stateDict(), before);
  model.loadStateDict(other.stateDict());
  assert.is((await evaluate(model, data)).loss, (await evaluate(other, data)).loss);
  assert.is(one.heap.usedBytes, used);
});

test("tells how far it is, and can be aborted", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one });
  const used = one.heap.usedBytes;
  const seen: EvaluateProgress[] = [];
  await evaluate(model, bars(25), { batchSize: 10, onProgress: (progress) => void seen.push(progress) });
  assert.equal(
    seen.map(({ count, total }) => [count, total]),
    [
      [10, 25],
      [20, 25],
      [25, 25],
    ],
  );
  assert.ok(seen[0]!.imagesPerSecond > 0 && seen[0]!.secondsLeft > 0);
  assert.is(seen[2]!.secondsLeft, 0);
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Error("enough"));
  await rejectsMessage(
    evaluate(model, bars(25), { batchSize: 10, signal: controller.signal, onProgress: stop }),
    /^enough$/,
  );
  assert.is(one.heap.usedBytes, used);
});

test("what does not fit is refused", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one });
  const cases: [unknown, EvaluateOptions, RegExp][] = [
    [bars(5), { batch: 3 } as EvaluateOptions, /evaluate: unknown option "batch"/],
    [bars(5), { batchSize: 0 }, /evaluate: batchSize is 0/],
    [bars(5), { topK: 0.5 }, /topK: k is 0\.5/],
    [bars(5), { loss: mse() }, /mse: the targets must be values of shape \[5, 3\], not class indices/],
    [Promise.resolve(bars(5)), {}, /the data is a promise \(write await before it\)/],
    [
      { ...bars(5), shape: [3, 8, 8] },
      {},
      /evaluate: bars has inputs of shape \[3, 8, 8\], but the model takes \[1, 8, 8\]/,
    ],
    [{ ...bars(5), length: 0 }, {}, /bars has no samples/],
    [
      {
        ...bars(5),
        get: (i: number[]) => ({ ...(bars(5).get(i) as object), targets: new Int32Array(i.length).fill(3) }),
      },
      {},
      /sample 0 has the class index 3; expected 0 to 2/,
    ],
  ];
  for (const [data, options, pattern] of cases) {
    await rejectsMessage(evaluate(model, data as Dataset, options), pattern);
  }
});

test.run();
