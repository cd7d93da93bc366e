import {
  avgPool2d,
  batchNorm2d,
  conv1d,
  conv2d,
  dropout,
  flatten,
  type Layers,
  linear,
  type Model,
  maxPool2d,
  parallel,
  relu,
  residual,
  sequential,
  softmax,
  Tensor,
  tensor,
  unflatten,
} from "featuremap";
import { softmax as softmaxOf } from "featuremap/functional";
import { assert, near, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";
import { machine, noise } from "../wasm/machines.js";

const test = suite("models");

const layers: Record<string, ReturnType<typeof relu>> = {
  conv: conv2d(6, 3, { padding: 1 }),
  norm: batchNorm2d(),
  act: relu(),
  fork: parallel({ small: conv2d(3, 1), large: sequential([conv2d(5, 3, { padding: 1 }), relu()]) }),
  block: residual([conv2d(8, 3, { padding: 1 })]),
  pool: maxPool2d(2),
  flat: flatten(),
  head: linear(5),
};
const network = sequential(layers);
const SHAPE = [2, 6, 6];

test("a batch is computed as its inputs one by one, in pieces and at once", async () => {
  using model = await network.build(SHAPE);
  const batch = noise([130, ...SHAPE]);
  const together = await model.predict(batch);
  assert.equal(together.shape, [130, 5]);
  assert.equal(model.predictSync(batch), together);
  for (const i of [0, 1, 63, 64, 65, 127, 128, 129]) {
    const one = await model.predict(new Tensor(batch.data.slice(i * 72, (i + 1) * 72), [1, ...SHAPE]));
    assert.equal(one.data, together.data.slice(i * 5, (i + 1) * 5), `input ${i}`);
  }
});

test("taps of a batch in pieces too", async () => {
  using model = await network.build(SHAPE);
  const batch = noise([70, ...SHAPE]);
  const { conv, output } = await model.taps(batch, ["conv"]);
  assert.equal(conv!.shape, [70, 6, 6, 6]);
  // A layer that is looked at is not fused with the next one, which rounds elsewhere.
  near(output!.data, (await model.predict(batch)).data, { atol: 1e-6, rtol: 1e-5 }, "output");
  const last = new Tensor(batch.data.slice(69 * 72), [1, ...SHAPE]);
  assert.equal((await model.taps(last, ["conv"])).conv!.data, conv!.data.slice(69 * 216));
});

test("the tap of a layer is what the network cut off behind it gives", async () => {
  using model = await network.build(SHAPE);
  const x = noise([2, ...SHAPE]);
  const names = [
    "conv",
    "norm",
    "act",
    "fork.small",
    "fork.large.1",
    "fork",
    "block",
    "pool",
    "flat",
    "head",
  ];
  const taps = await model.taps(x, names);
  assert.equal(model.tapsSync(x, names), taps);
  assert.equal(Object.keys(taps), ["output", ...names]);
  const entries = Object.entries(layers);
  for (const [i, [name]] of entries.entries()) {
    using part = await sequential(Object.fromEntries(entries.slice(0, i + 1)) as Layers).build(SHAPE);
    part.loadStateDict(model.stateDict(), { strict: false });
    const { shape, data } = await part.predict(x);
    assert.equal(taps[name]!.shape, shape, name);
    near(taps[name]!.data, data, { atol: 1e-6, rtol: 1e-5 }, name);
  }
  assert.equal(taps.output, taps.head);
  // The branches are the parts of their concatenation.
  const image = taps.fork!.data.slice(0, 8 * 36);
  assert.equal(taps["fork.small"]!.data.slice(0, 3 * 36), image.slice(0, 3 * 36));
  assert.equal(taps["fork.large.1"]!.data.slice(0, 5 * 36), image.slice(3 * 36));
});

test("a tap that does not exist is told with those that do", async () => {
  using model = await sequential({ conv: conv2d(2, 1), act: relu() }).build([1, 2, 2]);
  await rejectsMessage(
    () => model.taps(noise([1, 1, 2, 2]), ["conv", "con"]),
    /^The model has no layer "con"\. Its layers are: conv, act\.$/,
  );
});

test("networks without a linear layer take images of other sizes", async () => {
  using model = await sequential([conv2d(4, 3), relu(), maxPool2d(2)]).build([3, 8, 8]);
  assert.equal((await model.predict(noise([1, 3, 8, 8]))).shape, [1, 4, 3, 3]);
  assert.equal((await model.predict(noise([2, 3, 11, 20]))).shape, [2, 4, 4, 9]);
});

test("one-dimensional and flat inputs", async () => {
  using signal = await sequential([conv1d(4, 3), relu(), flatten(), linear(2)]).build([2, 10]);
  assert.equal((await signal.predict(noise([3, 2, 10]))).shape, [3, 2]);
  using flat = await sequential([linear(8), relu(), unflatten([2, 2, 2]), avgPool2d(2), flatten()]).build([
    4,
  ]);
  assert.equal((await flat.predict(noise([3, 4]))).shape, [3, 2]);
});

test("inputs that do not fit are told with both shapes and the way out", async () => {
  using model = await network.build(SHAPE);
  const refuse = async (input: unknown, pattern: RegExp): Promise<void> => {
    await rejectsMessage(() => model.predict(input as Tensor), pattern);
    throwsMessage(
      () => model.predictSync(input as Tensor),
      new RegExp(pattern.source.replace("predict:", "predictSync:")),
    );
  };
  await refuse(
    noise([1, 3, 6, 6]),
    /^predict: the input has shape \[1, 3, 6, 6\], but this model takes \[n, 2, 6, 6\]\.$/,
  );
  await refuse(noise([2, 6, 6]), /takes \[n, 2, 6, 6\]\. For a single input use reshape\(1, 2, 6, 6\)\.$/);
  await refuse(noise([72]), /shape \[72\], but this model takes/);
  await refuse(noise([1, 1, 2, 6, 6]), /shape \[1, 1, 2, 6, 6\], but/);
  await refuse(noise([0, 2, 6, 6]), /^predict: the batch \[0, 2, 6, 6\] is empty/);
  await refuse(
    [[1, 2]],
    /^predict: the input must be a Tensor, not \[\[1,2\]\]; make one with tensor\(values, \[n, 2, 6, 6\]\)\.$/,
  );
  await refuse(undefined, /must be a Tensor/);
  await refuse(
    noise([1, 2, 8, 8]),
    /"head\.weight" was built with shape \[5, 72\], but this input needs \[5, 128\]\. Use inputs of the size/,
  );
  await refuse(
    noise([1, 2, 1, 1]),
    /^The model was built for inputs of shape \[2, 6, 6\]; one of \[2, 1, 1\] does not fit: Layer "pool": maxPool2d: the window covers 2 pixels along h, more than the 1/,
  );
  // Nothing of that did any harm.
  assert.equal((await model.predict(noise([1, 2, 6, 6]))).shape, [1, 5]);
});

test("networks that cannot be built name the layer", async () => {
  const refuse = (shape: number[], list: Layers, pattern: RegExp) =>
    rejectsMessage(() => sequential(list).build(shape), pattern);
  await refuse(
    [1, 4, 4],
    { stem: conv2d(2, 5) },
    /^Layer "stem": conv2d: the kernel covers 5x5 pixels, more than the 4x4/,
  );
  await refuse(
    [1, 4, 4],
    [relu(), linear(3)],
    /^Layer "1": linear: the input has shape \[1, 1, 4, 4\], but it must be \[n, in\]\. Put flatten\(\) before it\.$/,
  );
  await refuse(
    [4],
    [conv2d(3, 1)],
    /^Layer "0": conv2d: the input has shape \[1, 4\], but it must be \[n, c, h, w\]/,
  );
  await refuse(
    [4, 4],
    [maxPool2d(2)],
    /^Layer "0": maxPool2d: the input has shape \[1, 4, 4\], but it must be \[n, c, h, w\]/,
  );
  await refuse(
    [3, 4, 4],
    { body: sequential([conv2d(4, 1, { groups: 2 })]) },
    /^Layer "body\.0": conv2d: groups is 2, which must divide the 3 input and the 4 output channels/,
  );
  await refuse([2, 3], [unflatten([2, 2])], /^Layer "0": reshape: \[1, 2, 3\] cannot become \[1, 2, 2\]/);
  for (const shape of [[], [0, 2, 2], [1, 1.5, 2], [1, 2, 3, 4], 5, undefined, ["1", 2, 2]]) {
    await rejectsMessage(
      () => network.build(shape as number[]),
      /^build: the input shape is .*; give \[c, h, w\], \[c, l\] or \[features\], without the batch\.$/,
    );
  }
  await rejectsMessage(
    () => network.build(SHAPE, { classes: ["a"] }),
    /^build: 1 class names do not fit the output \[5\]/,
  );
});

test("NaN and infinities in the input come out where they belong", async () => {
  using model = await sequential([conv2d(9, 3), relu(), maxPool2d(2)]).build([2, 6, 6]);
  const x = noise([3, 2, 6, 6]);
  const expected = model.predictSync(x).data;
  x.data[72 + 5] = Number.NaN;
  const { data } = await model.predict(x);
  assert.equal(data.slice(0, 36), expected.slice(0, 36), "the first input");
  assert.equal(data.slice(72), expected.slice(72), "the last input");
  // Row 0, column 5 of a channel: under the right windows of the upper half alone.
  for (let k = 0; k < 9; k++) {
    const [topLeft, topRight, ...bottom] = data.slice(36 + 4 * k, 40 + 4 * k);
    assert.ok(Number.isNaN(topRight), `channel ${k}: ${topRight}`);
    assert.equal(
      [topLeft, ...bottom],
      [0, 2, 3].map((i) => expected[36 + 4 * k + i]),
    );
  }
  x.data[72 + 5] = Number.POSITIVE_INFINITY;
  const infinite = (await model.predict(x)).data.slice(36, 72);
  assert.ok(infinite.some((value) => value === Number.POSITIVE_INFINITY));
});

test("dropout does nothing outside of training", async () => {
  using model = await sequential([dropout(0.5), relu(), dropout(1)]).build([2, 3, 3]);
  const x = noise([4, 2, 3, 3]);
  assert.equal(
    model.predictSync(x).data,
    x.data.map((value) => Math.max(value, 0)),
  );
  const { graph } = model.trace([1, 2, 3, 3], true);
  assert.equal(
    graph.nodes.map(({ op }) => op.name),
    ["dropout", "relu", "dropout"],
  );
});

test("classify tells the likeliest classes with their probabilities", async () => {
  const classes = ["a", "b", "c", "d", "e", "f"];
  using model = await sequential([flatten(), linear(6)]).build([1, 2, 2], { classes });
  const x = noise([1, 2, 2]);
  const guesses = await model.classify(x);
  assert.is(guesses.length, 5);
  const scores = model.predictSync(x.reshape(1, 1, 2, 2));
  const probabilities = softmaxOf(scores).data;
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
  guesses.forEach((guess, rank) => {
    assert.is(guess.index, order[rank]);
    assert.is(guess.label, classes[guess.index]);
    near([guess.probability], [probabilities[guess.index]!]);
  });
  assert.equal(await model.classify(x.reshape(1, 1, 2, 2), { top: 2 }), guesses.slice(0, 2));
  assert.is((await model.classify(x, { top: 100 })).length, 6);
  const sum = (await model.classify(x, { top: 6 })).reduce(
    (total, { probability }) => total + probability,
    0,
  );
  near([sum], [1]);
});

test("classify takes probabilities as they are, and numbers classes without names", async () => {
  using plain = await sequential([flatten(), linear(4)]).build([1, 2, 2], { seed: 3 });
  using soft = await sequential([flatten(), linear(4), softmax(), unflatten([4, 1, 1]), flatten()]).build([
    1, 2, 2,
  ]);
  soft.loadStateDict(plain.stateDict());
  const x = noise([1, 1, 2, 2]);
  const [expected, guesses] = [await plain.classify(x), await soft.classify(x)];
  near(
    guesses.map(({ probability }) => probability),
    expected.map(({ probability }) => probability),
  );
  assert.equal(
    guesses.map(({ label }) => label),
    expected.map(({ index }) => String(index)),
  );
  // A softmax inside is not at the end.
  using inside = await parallel([sequential([softmax()]), relu()]).build([2]);
  const [best] = await inside.classify(tensor([[3, 5]]));
  near([best!.probability], [Math.exp(5) / (Math.exp(3) + Math.exp(5) + 2 * Math.exp(0.5))], { atol: 0.01 });
});

test("classify refuses batches, maps and wrong options", async () => {
  using model = await sequential([flatten(), linear(4)]).build([1, 2, 2]);
  await rejectsMessage(
    () => model.classify(noise([2, 1, 2, 2])),
    /takes one input, not a batch of 2\. Use predict/,
  );
  await rejectsMessage(
    () => model.classify([1, 2] as unknown as Tensor),
    /^classify: the input must be a Tensor/,
  );
  await rejectsMessage(() => model.classify(noise([1, 2, 2]), { top: 0 }), /^classify: top is 0/);
  await rejectsMessage(
    () => model.classify(noise([1, 2, 2]), { tops: 1 } as object),
    /unknown option "tops"/,
  );
  using map = await sequential([conv2d(4, 1)]).build([1, 2, 2]);
  await rejectsMessage(
    () => map.classify(noise([1, 2, 2])),
    /^classify: the outputs have shape \[4, 2, 2\].*Use predict/,
  );
});

test("after dispose everything is refused with a sentence, except to dispose again", async () => {
  const model = await network.build(SHAPE);
  const x = noise([1, ...SHAPE]);
  await model.predict(x);
  model.dispose();
  model.dispose();
  const uses: (() => unknown)[] = [
    () => model.predict(x),
    () => model.predictSync(x),
    () => model.taps(x, ["conv"]),
    () => model.classify(x),
    () => model.stateDict(),
    () => model.loadStateDict(new Map()),
    () => model.loadStateDict(new Map(), { strict: false }),
    () => model.toSafetensors(),
    () => model.save("never"),
  ];
  for (const use of uses) await rejectsMessage(async () => use(), /^This model was disposed of/);
});

test("a model disposed of in the middle of a batch in pieces gives up the rest with a sentence", async () => {
  const model = await network.build(SHAPE);
  const running = model.predict(noise([200, ...SHAPE]));
  await Promise.resolve();
  model.dispose();
  await rejectsMessage(running, /^This model was disposed of/);
});

test("`using` disposes of a model at the end of its block, errors included", async () => {
  using on = machine(1);
  let kept: Model | undefined;
  const failing = async (): Promise<void> => {
    using model = await network.build(SHAPE, { runtime: on });
    kept = model;
    assert.ok(on.heap.usedBytes > 0);
    model.predictSync(noise([1, 9, 9, 9]));
  };
  await rejectsMessage(failing, /shape \[1, 9, 9, 9\]/);
  assert.is(on.heap.usedBytes, 0);
  throwsMessage(() => kept!.predictSync(noise([1, ...SHAPE])), /disposed of/);
});

test("two hundred models, built, used and disposed of, leave the heap where it was", async () => {
  using on = machine(1);
  let size = 0;
  for (let round = 0; round < 200; round++) {
    const model = await network.build(SHAPE, { seed: round, runtime: on });
    // More shapes than plans are kept for.
    for (let n = 1; n <= 6; n++) model.predictSync(noise([n, ...SHAPE], n));
    model.loadStateDict(model.stateDict());
    await model.taps(noise([1, ...SHAPE]), ["pool"]);
    model.dispose();
    assert.is(on.heap.usedBytes, 0);
    if (round === 0) size = on.heap.memory.buffer.byteLength;
  }
  assert.is(on.heap.memory.buffer.byteLength, size);
});

test("batches of other sizes read the same copies of weights, which follow the weights", async () => {
  using on = machine(1);
  const wide = sequential([conv2d(64, 1), batchNorm2d(), relu(), flatten(), linear(512)]);
  using model = await wide.build([64, 8, 8], { seed: 1, runtime: on });
  using alike = await wide.build([64, 8, 8], { seed: 2, runtime: on });
  const [one, three] = [noise([1, 64, 8, 8], 1), noise([3, 64, 8, 8], 2)];
  const weights = on.heap.usedBytes;
  model.predictSync(one);
  const single = on.heap.usedBytes;
  assert.ok(single - weights >= 0 && model.predictSync(three).size === 3 * 512);
  // A linear layer of 4096 x 512 has copies of 8 MB; the activations of three images take 100 kB.
  assert.ok(
    on.heap.usedBytes - single < 2 ** 20,
    `${on.heap.usedBytes - single} bytes more for a second size`,
  );
  const expected = [alike.predictSync(one), alike.predictSync(three)];
  model.loadStateDict(alike.stateDict());
  // The first to run computes the copies anew, and the second finds them.
  assert.equal(model.predictSync(three).data, expected[1]!.data);
  assert.equal(model.predictSync(one).data, expected[0]!.data);
  assert.equal((await model.predict(one)).data, expected[0]!.data);
  model.rest();
  alike.rest();
  assert.ok(on.heap.usedBytes < weights);
});

test("a network that cannot be built leaves nothing behind", async () => {
  using on = machine(1);
  await rejectsMessage(() => sequential([conv2d(8, 1), linear(2)]).build(SHAPE, { runtime: on }), /flatten/);
  await rejectsMessage(() => network.build(SHAPE, { runtime: on, classes: ["a"] }), /class names/);
  const huge = sequential([flatten(), linear(200_000)]);
  await rejectsMessage(
    () => huge.build([64, 64, 64], { runtime: on }),
    /^The model's weights needs 195\.. GiB more/,
  );
  assert.is(on.heap.usedBytes, 0);
  using model = await network.build(SHAPE, { runtime: on });
  assert.is(model.predictSync(noise([1, ...SHAPE])).size, 5);
});

test("input sizes are inferred from what comes before", async () => {
  using model = await sequential([
    conv2d(7, 3, { groups: 1 }),
    conv2d(14, 1, { groups: 7 }),
    batchNorm2d(),
    flatten(),
    linear(3),
  ]).build([5, 4, 6]);
  const shape = (name: string) => model.stateDict().get(name)!.shape;
  assert.equal(shape("0.weight"), [7, 5, 3, 3]);
  assert.equal(shape("1.weight"), [14, 1, 1, 1]);
  assert.equal(shape("2.running_var"), [14]);
  assert.equal(shape("4.weight"), [3, 14 * 2 * 4]);
  assert.equal(model.inputShape, [5, 4, 6]);
  assert.equal(model.outputShape, [3]);
});

test("weights do not change under a prediction that is under way", async () => {
  const layers = sequential([conv2d(32, 3, { padding: 1 }), conv2d(32, 3, { padding: 1 })]);
  using model = await layers.build([8, 40, 40], { seed: 1 });
  using other = await layers.build([8, 40, 40], { seed: 2 });
  // On the calling thread nothing can happen meanwhile.
  if (model.runtime.threads === 1) return;
  const x = noise([64, 8, 40, 40]);
  const [before, after] = [await model.predict(x), await other.predict(x)];
  const running = model.predict(x);
  await new Promise((resolve) => setTimeout(resolve));
  await rejectsMessage(
    async () => model.loadStateDict(other.stateDict()),
    /loadStateDict: a prediction of this model is under way.*Await it first/,
  );
  const loading = model.load(other.toSafetensors());
  assert.equal(await running, before);
  await loading;
  assert.equal(await model.predict(x), after);
});

test.run();
