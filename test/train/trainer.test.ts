import { relu, sigmoid } from "../../src/layers/activation.js";
import { sequential } from "../../src/layers/containers.js";
import { conv2d } from "../../src/layers/convolution.js";
import { custom } from "../../src/layers/layer.js";
import { linear } from "../../src/layers/linear.js";
import type { Model } from "../../src/layers/model.js";
import { batchNorm2d, dropout } from "../../src/layers/normalization.js";
import { flatten } from "../../src/layers/shape.js";
import { Random } from "../../src/random.js";
import { Tensor, tensor } from "../../src/tensor.js";
import { adam, adamW, crossEntropy, mse, type Optimizer, sgd, Trainer } from "../../src/train/index.js";
import { convAttrs, convolve } from "../harness/convolution.js";
import type { Ref } from "../harness/op.js";
import { assert, near, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";
import {
  adamRule,
  clip,
  gradientOf,
  lossOf,
  type Numbers,
  normOf,
  type Rule,
  sgdRule,
  shapes,
} from "./oracle.js";
import { barNetwork, one, runtimeOf, weightsOf, wideNetwork } from "./problems.js";

const test = suite("trainer");
const loss = crossEntropy();

/** The network of the oracle. */
const small = sequential([conv2d(2, 3), batchNorm2d(), sigmoid(), flatten(), linear(3)]);

/** n random pictures with random classes. */
function randomBatch(n: number, shape: readonly number[], classes: number, random: Random) {
  const inputs = new Tensor(new Float32Array(n * shape.reduce((a, b) => a * b)), [n, ...shape]);
  for (let i = 0; i < inputs.size; i++) inputs.data[i] = random.normal();
  return { inputs, targets: Int32Array.from({ length: n }, () => random.int(classes)) };
}

function numbersOf(model: Model): Numbers {
  const state = model.stateDict();
  return Object.fromEntries(
    Object.keys(shapes).map((name) => [name, Float64Array.from(state.get(name)!.data)]),
  );
}

async function compareWithOracle(optimizer: Optimizer, rule: Rule, clipNorm?: number): Promise<void> {
  using model = await small.build([1, 5, 5], { seed: 3, runtime: one, warm: false });
  using trainer = new Trainer(model, { loss, optimizer, clipNorm });
  const expected = numbersOf(model);
  const kept = Object.fromEntries(
    Object.entries(shapes).map(([name, size]) => [
      name,
      Array.from({ length: size }, () => ({ a: 0, b: 0 })),
    ]),
  );
  const random = new Random(5);
  const running = { mean: [0, 0], variance: [1, 1] };
  // Batches of unequal size.
  for (const [i, n] of [4, 4, 3, 6, 4, 1].entries()) {
    const { inputs, targets } = randomBatch(n, [1, 5, 5], 3, random);
    const statistics: number[][] = [];
    const wanted = lossOf(expected, inputs.data, targets, statistics);
    statistics.forEach(([mean, variance], k) => {
      running.mean[k] = 0.9 * running.mean[k]! + 0.1 * mean!;
      running.variance[k] = 0.9 * running.variance[k]! + 0.1 * variance!;
    });
    let gradient = gradientOf(expected, inputs.data, targets);
    const result = await trainer.step({ inputs, targets });
    near([result.loss], [wanted], { atol: 1e-5 }, `loss of step ${i}`);
    const got = trainer.gradients();
    for (const [name, g] of Object.entries(gradient)) {
      near(got.get(name)!.data, g, { atol: 5e-5, rtol: 1e-4 }, `gradient of ${name} in step ${i}`);
    }
    if (clipNorm !== undefined) {
      near([result.gradientNorm], [normOf(gradient)], { rtol: 1e-4 }, `length of the gradient in step ${i}`);
      gradient = clip(gradient, clipNorm);
    }
    for (const [name, values] of Object.entries(expected)) {
      values.forEach((p, j) => {
        values[j] = rule(i + 1, p, gradient[name]![j]!, kept[name]![j]!);
      });
    }
    assert.is(trainer.steps, i + 1);
  }
  const state = model.stateDict();
  for (const [name, values] of Object.entries(expected)) {
    near(state.get(name)!.data, values, { atol: 1e-4, rtol: 1e-4 }, name);
  }
  near(state.get("1.running_mean")!.data, running.mean, { atol: 1e-4 });
  near(state.get("1.running_var")!.data, running.variance, { atol: 1e-4, rtol: 1e-4 });
  assert.is(state.get("1.num_batches_tracked")!.data[0], 6);
}

test("SGD follows float64 loops", async () => {
  await compareWithOracle(sgd({ lr: 0.5 }), sgdRule(0.5, 0, 0, 0, false));
});

test("SGD with momentum, weight decay and dampening", async () => {
  await compareWithOracle(
    sgd({ lr: 0.3, momentum: 0.9, weightDecay: 0.05, dampening: 0.2 }),
    sgdRule(0.3, 0.9, 0.05, 0.2, false),
  );
});

test("SGD with Nesterov's momentum", async () => {
  await compareWithOracle(sgd({ lr: 0.3, momentum: 0.8, nesterov: true }), sgdRule(0.3, 0.8, 0, 0, true));
});

// A large eps, because where gradients are tiny Adam's steps tell only their sign, which rounding decides.
test("Adam", async () => {
  await compareWithOracle(
    adam({ lr: 0.02, eps: 1e-2, weightDecay: 0.1 }),
    adamRule(0.02, [0.9, 0.999], 1e-2, 0.1, false),
  );
});

test("AdamW", async () => {
  await compareWithOracle(
    adamW({ lr: 0.02, betas: [0.8, 0.99], eps: 1e-2, weightDecay: 0.3 }),
    adamRule(0.02, [0.8, 0.99], 1e-2, 0.3, true),
  );
});

test("a layer that is applied twice gets the gradient of both uses", async () => {
  const conv = conv2d(2, 3);
  const twice = custom("Twice", (scope, x) => scope.child("conv", conv, scope.child("conv", conv, x)));
  using model = await sequential({ twice }).build([2, 6, 7], { seed: 3, runtime: one, warm: false });
  const targets = new Tensor(new Float32Array(3 * 2 * 2 * 3), [3, 2, 2, 3]);
  const { inputs } = randomBatch(3, [2, 6, 7], 1, new Random(6));
  const random = new Random(7);
  targets.data.forEach((_, i) => {
    targets.data[i] = random.normal();
  });
  const state = model.stateDict();
  const operand = ({ data, shape }: Tensor): Ref => ({ data: Float64Array.from(data), shape });
  const x = operand(inputs);
  const [w, b] = ["twice.conv.weight", "twice.conv.bias"].map((name) => operand(state.get(name)!)) as [
    Ref,
    Ref,
  ];
  const lossNow = (): number => {
    const { data } = convolve(convolve(x, w, b, convAttrs()), w, b, convAttrs());
    return data.reduce((sum, y, i) => sum + (y - targets.data[i]!) ** 2, 0) / data.length;
  };
  using trainer = new Trainer(model, { loss: mse(), optimizer: sgd({ lr: 0.1 }) });
  near([(await trainer.step({ inputs, targets })).loss], [lossNow()]);
  for (const [name, { data }] of Object.entries({ "twice.conv.weight": w, "twice.conv.bias": b })) {
    const slopes = data.map((value, i) => {
      const at = (moved: number): number => {
        data[i] = moved;
        return lossNow();
      };
      const slope = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
      data[i] = value;
      return slope;
    });
    near(trainer.gradients().get(name)!.data, slopes, { atol: 1e-5, rtol: 1e-4 }, name);
    const after = slopes.map((slope, i) => data[i]! - 0.1 * slope);
    near(model.stateDict().get(name)!.data, after, { atol: 1e-5 }, name);
  }
});

test("what lies behind the numbers of a bias that is used twice is no part of the gradient", async () => {
  const conv = conv2d(13, 3, { padding: 1 });
  const twice = custom("Twice", (scope, x) => scope.child("conv", conv, scope.child("conv", conv, x)));
  using model = await sequential({ twice }).build([13, 6, 7], { seed: 3, runtime: one, warm: false });
  using trainer = new Trainer(model, { loss: mse(), optimizer: sgd({ lr: 0.1 }), clipNorm: 1e6 });
  const { inputs } = randomBatch(3, [13, 6, 7], 1, new Random(6));
  for (let i = 0; i < 2; i++) {
    const { gradientNorm } = await trainer.step({ inputs, targets: inputs });
    const gradients = [...trainer.gradients().values()].flatMap(({ data }) => [...data]);
    near([gradientNorm], [Math.sqrt(gradients.reduce((sum, g) => sum + g * g, 0))]);
  }
});

test("gradients longer than clipNorm are scaled down", async () => {
  // The gradients of these batches are 0.5 to 2.8 long: some are clipped, some are not.
  await compareWithOracle(sgd({ lr: 0.5, momentum: 0.5 }), sgdRule(0.5, 0.5, 0, 0, false), 0.6);
  await compareWithOracle(adam({ lr: 0.02, eps: 1e-2 }), adamRule(0.02, [0.9, 0.999], 1e-2, 0, false), 0.1);
});

test("frozen weights keep every bit, and the others learn what they would have learned", async () => {
  const random = new Random(1);
  const batch = randomBatch(8, [1, 8, 8], 3, random);
  const network = sequential([
    ...[conv2d(4, 3), relu(), batchNorm2d(), conv2d(5, 3), relu()],
    ...[flatten(), linear(3)],
  ]);
  const train = async (...frozen: string[]): Promise<[Map<string, Tensor>, Map<string, Tensor>]> => {
    using model = await network.build([1, 8, 8], { seed: 2, runtime: one, warm: false });
    const before = model.stateDict();
    if (frozen.length > 0) model.freeze(...frozen);
    using trainer = new Trainer(model, { loss, optimizer: sgd({ lr: 0.1, momentum: 0.9 }) });
    await trainer.step(batch);
    return [before, model.stateDict()];
  };
  const [before, all] = await train();
  for (const [name, { data }] of all) assert.not.equal(data, before.get(name)!.data, name);
  for (const frozen of [["0"], ["0", "2", "3"], ["6"], ["3.weight"], ["0.bias", "6.weight"]]) {
    const [, after] = await train(...frozen);
    for (const [name, { data }] of after) {
      const isFrozen = frozen.some((prefix) => name === prefix || name.startsWith(`${prefix}.`));
      // The running statistics of a frozen layer go on, as in torch.
      const expected = isFrozen && !/running|batches/.test(name) ? before : all;
      assert.equal(data, expected.get(name)!.data, `${name} with ${frozen.join(" and ")} frozen`);
    }
  }
});

test("freezing and thawing between steps", async () => {
  const random = new Random(4);
  using model = await barNetwork().build([1, 8, 8], { seed: 2, runtime: one, warm: false });
  const data = [0, 1, 2].map(() => randomBatch(4, [1, 8, 8], 3, random));
  using trainer = new Trainer(model, { loss, optimizer: sgd({ lr: 0.1, momentum: 0.9 }), clipNorm: 100 });
  const full = await trainer.step(data[0]!);
  model.freeze("0");
  const kept = model.stateDict();
  const part = await trainer.step(data[1]!);
  assert.equal(model.stateDict().get("0.weight")!.data, kept.get("0.weight")!.data);
  assert.not.equal(model.stateDict().get("4.weight")!.data, kept.get("4.weight")!.data);
  assert.ok(
    trainer
      .gradients()
      .get("0.weight")!
      .data.every((g) => g === 0),
  );
  // What is frozen has no part in the length.
  const { data: w } = trainer.gradients().get("4.weight")!;
  const { data: b } = trainer.gradients().get("4.bias")!;
  near([part.gradientNorm], [Math.sqrt([...w, ...b].reduce((sum, g) => sum + g * g, 0))]);
  assert.ok(full.gradientNorm > 0);
  model.unfreeze();
  await trainer.step(data[2]!);
  assert.not.equal(model.stateDict().get("0.weight")!.data, kept.get("0.weight")!.data);
});

test("frozen weights loaded between steps are used", async () => {
  const batch = randomBatch(4, [1, 8, 8], 3, new Random(4));
  using model = await barNetwork().build([1, 8, 8], { seed: 2, runtime: one, warm: false });
  using other = await barNetwork().build([1, 8, 8], { seed: 9, runtime: one, warm: false });
  model.freeze("0");
  other.freeze("0");
  using trainer = new Trainer(model, { loss, optimizer: sgd({ lr: 1e-3 }) });
  await trainer.step(batch);
  model.loadStateDict(other.stateDict());
  using another = new Trainer(other, { loss, optimizer: sgd({ lr: 1e-3 }) });
  assert.is((await trainer.step(batch)).loss, (await another.step(batch)).loss);
});

test("predictions follow the weights from step to step", async () => {
  const batch = randomBatch(4, [1, 8, 8], 3, new Random(4));
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  using trainer = new Trainer(model, { loss, optimizer: sgd({ lr: 0.1 }) });
  for (let i = 0; i < 3; i++) {
    const before = await model.predict(batch.inputs);
    // Asked for while the step is under way, it comes after it.
    const step = trainer.step(batch);
    const { data } = await model.predict(batch.inputs);
    near((await step).outputs.data, before.data);
    assert.not.equal(data, before.data);
    assert.equal(model.predictSync(batch.inputs).data, data);
  }
});

test("predictions queued before and behind a step use the weights of their turn", async () => {
  const batch = randomBatch(4, [1, 8, 8], 3, new Random(4));
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  using other = await barNetwork().build([1, 8, 8], { seed: 9, runtime: one, warm: false });
  using trainer = new Trainer(model, { loss, optimizer: sgd({ lr: 0.1 }) });
  /** By another model, which has packed nothing yet. */
  const expected = (): Float32Array => {
    other.loadStateDict(model.stateDict());
    return other.predictSync(batch.inputs).data;
  };
  for (const places of [["before"], ["behind"], ["before", "behind"]]) {
    const old = expected();
    const before = places.includes("before") && model.predict(batch.inputs);
    const step = trainer.step(batch);
    const behind = places.includes("behind") && model.predict(batch.inputs);
    await step;
    if (before) assert.equal((await before).data, old, `${places}: before`);
    if (behind) assert.equal((await behind).data, expected(), `${places}: behind`);
    assert.equal(model.predictSync(batch.inputs).data, expected(), `${places}: afterwards`);
  }
});

test("200 steps leave the memory where it was after the first", async () => {
  for (const threads of [1, 2]) {
    const runtime = runtimeOf(threads);
    using model = await wideNetwork().build([1, 8, 8], { runtime, warm: false });
    const before = runtime.heap.usedBytes;
    const trainer = new Trainer(model, { loss, optimizer: adam(), clipNorm: 1 });
    const random = new Random(1);
    const full = randomBatch(16, [1, 8, 8], 3, random);
    const rest = randomBatch(5, [1, 8, 8], 3, random);
    await trainer.step(full);
    await trainer.step(rest);
    const used = runtime.heap.usedBytes;
    const { byteLength } = runtime.heap.memory.buffer;
    for (let i = 0; i < 200; i++) await trainer.step(i % 10 === 9 ? rest : full);
    assert.is(runtime.heap.usedBytes, used);
    assert.is(runtime.heap.memory.buffer.byteLength, byteLength);
    // Many sizes do not pile up either.
    for (let n = 1; n <= 30; n++) await trainer.step(randomBatch(n, [1, 8, 8], 3, random));
    assert.ok(runtime.heap.usedBytes < 6 * used, `${runtime.heap.usedBytes} bytes, ${used} before`);
    trainer.dispose();
    trainer.dispose();
    if (threads === 1) assert.is(runtime.heap.usedBytes, before);
  }
});

test("the same bits for any number of threads", async () => {
  const network = sequential([
    conv2d(12, 3, { padding: 1 }),
    batchNorm2d(),
    relu(),
    conv2d(16, 3, { stride: 2 }),
    relu(),
    dropout(0.3),
    flatten(),
    linear(10),
  ]);
  const results: Float32Array[] = [];
  for (const threads of [1, 2, 3]) {
    using model = await network.build([3, 13, 13], { seed: 6, runtime: runtimeOf(threads) });
    using trainer = new Trainer(model, { loss, optimizer: adam(), clipNorm: 0.5, seed: 11 });
    const random = new Random(8);
    for (let i = 0; i < 5; i++) await trainer.step(randomBatch(i === 3 ? 7 : 16, [3, 13, 13], 10, random));
    results.push(weightsOf(model));
  }
  assert.equal(results[1], results[0]);
  assert.equal(results[2], results[0]);
});

test("takes up where its state was read", async () => {
  const random = new Random(1);
  const data = [0, 1, 2, 3].map(() => randomBatch(4, [1, 8, 8], 3, random));
  for (const optimizer of [sgd({ lr: 0.1, momentum: 0.9, dampening: 0.5 }), adam()]) {
    using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
    using trainer = new Trainer(model, { loss, optimizer });
    await trainer.step(data[0]!);
    await trainer.step(data[1]!);
    using copy = await barNetwork().build([1, 8, 8], { seed: 5, runtime: one, warm: false });
    using second = new Trainer(copy, { loss, optimizer });
    copy.loadStateDict(model.stateDict());
    second.restore(trainer.steps, trainer.slots());
    for (const batch of data.slice(2)) {
      await trainer.step(batch);
      await second.step(batch);
    }
    assert.equal(weightsOf(copy), weightsOf(model));
  }
});

test("restore changes nothing unless everything is there", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  using trainer = new Trainer(model, { loss, optimizer: adam() });
  await trainer.step(randomBatch(4, [1, 8, 8], 3, new Random(1)));
  const before = trainer.slots();
  const others = new Map([...before].map(([slot, values]) => [slot, new Map(values)]));
  others.get("mean")!.set("0.bias", new Tensor(new Float32Array(6).fill(7), [6]));
  others.get("square")!.set("4.bias", tensor([1, 2]));
  throwsMessage(
    () => trainer.restore(3, others),
    /The optimiser's square of "4\.bias" is missing or of another size/,
  );
  throwsMessage(() => trainer.restore(-1, before), /number of steps is -1/);
  assert.equal(trainer.slots(), before);
  assert.is(trainer.steps, 1);
});

test("targets that do not fit are refused", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const { inputs } = randomBatch(2, [1, 8, 8], 3, new Random(1));
  using trainer = new Trainer(model, { loss, optimizer: adam() });
  const weights = weightsOf(model);
  await rejectsMessage(
    trainer.step({ inputs, targets: Int32Array.of(0, 3) }),
    /crossEntropy: target 1 of the batch is class 3, but the model has 3 outputs/,
  );
  await rejectsMessage(trainer.step({ inputs, targets: Int32Array.of(0, -1) }), /is class -1/);
  await rejectsMessage(trainer.step({ inputs, targets: Int32Array.of(0) }), /must be 2 class indices, not 1/);
  await rejectsMessage(
    trainer.step({ inputs, targets: tensor([[0], [1]]) }),
    /must be 2 class indices, not values of shape \[2, 1\]\. For values use the loss mse/,
  );
  assert.is(trainer.steps, 0);
  using regression = new Trainer(model, { loss: mse(), optimizer: adam() });
  await rejectsMessage(
    regression.step({ inputs, targets: Int32Array.of(0, 1) }),
    /mse: the targets must be values of shape \[2, 3\], not class indices/,
  );
  await rejectsMessage(
    regression.step({ inputs, targets: tensor([1, 2]) }),
    /must be values of shape \[2, 3\], not \[2\]/,
  );
  assert.equal(weightsOf(model), weights);
});

test("n values fit outputs of [n, 1]", async () => {
  using model = await sequential([linear(1)]).build([4], { runtime: one, warm: false });
  using trainer = new Trainer(model, { loss: mse(), optimizer: sgd({ lr: 0.1 }) });
  const inputs = tensor([
    [1, 2, 3, 4],
    [0, 1, 0, -1],
  ]);
  const outputs = await model.predict(inputs);
  const { loss: got } = await trainer.step({ inputs, targets: tensor([1, -1]) });
  near([got], [((outputs.data[0]! - 1) ** 2 + (outputs.data[1]! + 1) ** 2) / 2]);
});

test("dropout is another in each step and for each seed, and the same again", async () => {
  const network = sequential([flatten(), dropout(0.5), linear(3)]);
  const batch = randomBatch(8, [1, 8, 8], 3, new Random(3));
  const run = async (seed: number): Promise<number[]> => {
    using model = await network.build([1, 8, 8], { runtime: one, warm: false });
    using trainer = new Trainer(model, { loss, optimizer: sgd({ lr: 1e-30 }), seed });
    const losses = [];
    for (let i = 0; i < 3; i++) losses.push((await trainer.step(batch)).loss);
    return losses;
  };
  const losses = await run(1);
  assert.is(new Set(losses).size, 3);
  assert.equal(await run(1), losses);
  assert.not.equal(await run(2), losses);
});

test("one step at a time; after dispose none", async () => {
  const model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const batch = randomBatch(2, [1, 8, 8], 3, new Random(1));
  const trainer = new Trainer(model, { loss, optimizer: adam() });
  const step = trainer.step(batch);
  await rejectsMessage(trainer.step(batch), /A step of this trainer is under way/);
  await step;
  trainer.dispose();
  await rejectsMessage(trainer.step(batch), /trainer was disposed of/);
  throwsMessage(() => trainer.gradients(), /trainer was disposed of/);
  using second = new Trainer(model, { loss, optimizer: adam() });
  model.dispose();
  await rejectsMessage(second.step(batch), /model was disposed of/);
  throwsMessage(() => new Trainer(model, { loss, optimizer: adam() }), /model was disposed of/);
});

test("options that make no sense are refused", async () => {
  using model = await barNetwork().build([1, 8, 8], { runtime: one, warm: false });
  const used = one.heap.usedBytes;
  const make = (options: object): Trainer => new Trainer(model, { loss, optimizer: adam(), ...options });
  throwsMessage(() => make({ clipNorm: 0 }), /clipNorm is 0; it must be a number above 0/);
  throwsMessage(() => make({ seed: 0.5 }), /seed is 0\.5/);
  throwsMessage(() => make({ clip: 1 }), /Trainer: unknown option "clip"/);
  throwsMessage(() => sgd({ lr: -1 }), /sgd: lr is -1/);
  throwsMessage(() => sgd({ lr: 0.1, momentum: 1 }), /momentum is 1/);
  throwsMessage(() => sgd({ lr: 0.1, nesterov: true }), /nesterov needs a momentum/);
  throwsMessage(() => sgd({ lr: 0.1, weightDecay: Number.NaN }), /weightDecay is NaN/);
  throwsMessage(() => sgd({ lr: 0.1, decay: 1 } as { lr: number }), /sgd: unknown option "decay"/);
  throwsMessage(() => adam({ betas: [0.9, 1] }), /adam: betas\[1\] is 1/);
  throwsMessage(() => adamW({ eps: 1e-60 }), /adamW: eps is 1e-60/);
  throwsMessage(() => crossEntropy({ labelSmoothing: 2 }), /labelSmoothing is 2/);
  model.freeze();
  using trainer = make({});
  const batch = randomBatch(2, [1, 8, 8], 3, new Random(1));
  await rejectsMessage(trainer.step(batch), /There is nothing to train/);
  trainer.dispose();
  assert.is(one.heap.usedBytes, used);
});

test.run();
