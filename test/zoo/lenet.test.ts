import { type Model, type Runtime, type Tensor, tensor } from "featuremap";
import { crossEntropy, sgd, Trainer } from "featuremap/train";
import { readSafetensors, writeSafetensors } from "featuremap/weights";
import { lenet5, lenet5Layers } from "featuremap/zoo";
import { hasSharedMemory } from "../../src/wasm/features.js";
import { fixture } from "../harness/fixture.js";
import { runtimes } from "../harness/op.js";
import { assert, near, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";
import { machine, noise } from "../wasm/machines.js";

const test = suite("LeNet-5");

/** What PyTorch computed: parameters, one batch, and the gradients: see test/goldens/make.py. */
let goldens: ReadonlyMap<string, Tensor>;
test.before(async () => {
  goldens = readSafetensors(await fixture("goldens/lenet5.safetensors")).tensors;
});

const NAMES = [0, 3, 7, 9, 11].flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]);
const PARAMETERS = 61_706;

/** LeNet-5 with PyTorch's parameters. */
async function withGoldens(on?: Runtime): Promise<Model> {
  const model = await lenet5Layers().build([1, 32, 32], { runtime: on });
  model.loadStateDict(new Map(NAMES.map((name) => [name, goldens.get(name)!])));
  return model;
}

test("it has exactly the lecture's parameters, under torch's names", async () => {
  using model = await lenet5();
  assert.is(model.parameterCount, PARAMETERS);
  assert.equal(
    model.parameters().map(({ name }) => name),
    NAMES,
  );
  for (const { name, shape } of model.parameters()) assert.equal(shape, goldens.get(name)!.shape, name);
  assert.equal([...model.stateDict().keys()], NAMES);
  assert.equal([model.inputShape, model.outputShape], [[1, 32, 32], [10]]);
  assert.equal(model.classes, [..."0123456789"]);
});

test("each layer has the size the lecture gives", async () => {
  using model = await lenet5();
  assert.equal(
    model.layers.map(({ type, output }) => `${type} ${output.shape.slice(1).join("x")}`),
    [
      "Conv2d 6x28x28",
      "Sigmoid 6x28x28",
      "AvgPool2d 6x14x14",
      "Conv2d 16x10x10",
      "Sigmoid 16x10x10",
      "AvgPool2d 16x5x5",
      "Flatten 400",
      "Linear 120",
      "Sigmoid 120",
      "Linear 84",
      "Sigmoid 84",
      "Linear 10",
    ],
  );
});

const machines: [string, () => Runtime][] = runtimes.map(({ name, whole }) => [name, () => whole]);
if (hasSharedMemory()) machines.push(["two threads", () => machine(2)]);

for (const [name, make] of machines) {
  test(`output, loss and the gradient of every parameter are PyTorch's, on ${name}`, async () => {
    const on = make();
    using model = await withGoldens(on);
    const inputs = goldens.get("input")!;
    const output = goldens.get("output")!;
    near((await model.predict(inputs)).data, output.data, { atol: 1e-5, rtol: 1e-4 }, "output");

    using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ lr: 0.5 }) });
    const targets = Int32Array.from(goldens.get("targets")!.data);
    const result = await trainer.step({ inputs, targets });
    near([result.loss], goldens.get("loss")!.data, { atol: 1e-6, rtol: 1e-6 }, "loss");
    near(result.outputs.data, output.data, { atol: 1e-5, rtol: 1e-4 }, "output in training");
    const gradients = trainer.gradients();
    assert.equal([...gradients.keys()], NAMES);
    const state = model.stateDict();
    for (const [key, { data }] of gradients) {
      const expected = goldens.get(`grad.${key}`)!.data;
      const largest = expected.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
      assert.ok(largest > 0);
      near(data, expected, { atol: 2e-5 * largest, rtol: 1e-4 }, `gradient of ${key}`);
      // And the step was taken along it.
      const moved = goldens.get(key)!.data.map((x, i) => x - 0.5 * expected[i]!);
      near(state.get(key)!.data, moved, { atol: 1e-6, rtol: 1e-6 }, `${key} after the step`);
    }
    if (name === "two threads") on.dispose();
  });
}

test("digits of 28 x 28 give the lecture's network too: its first convolution pads them", async () => {
  const shape = [1, 28, 28];
  const state = new Map(NAMES.map((name) => [name, goldens.get(name)!]));
  // On zeros around the picture, the network of 1998, which PyTorch has checked above, computes the same.
  const small = noise([2, ...shape]);
  const large = new Float32Array(2 * 32 * 32);
  for (let row = 0; row < 2 * 28; row++) {
    const [n, y] = [Math.floor(row / 28), row % 28];
    large.set(small.data.subarray(28 * row, 28 * row + 28), (n * 32 + y + 2) * 32 + 2);
  }
  using bordered = await withGoldens();
  const expected = (await bordered.predict(tensor(large, [2, 1, 32, 32]))).data;
  using model = await lenet5({ inputShape: shape, weights: writeSafetensors(state) });
  assert.is(model.parameterCount, PARAMETERS);
  assert.equal(
    model.parameters().map((one) => [one.name, one.shape]),
    bordered.parameters().map((one) => [one.name, one.shape]),
  );
  assert.equal(model.layers[0]!.output.shape.slice(1), [6, 28, 28]);
  near((await model.predict(small)).data, expected, { atol: 1e-5, rtol: 1e-4 });

  using without = await lenet5({ inputShape: shape, padding: 0 });
  assert.equal([without.parameterCount, without.inputShape], [PARAMETERS - 120 * 16 * (25 - 16), shape]);
  await rejectsMessage(() => lenet5({ padding: -1 }), /lenet5: padding is -1; it must be a whole number/);
  throwsMessage(() => lenet5Layers(10 as never), /lenet5Layers: options are given by name/);
});

test("a picture is brought to the inputs of either form", async () => {
  const [black, light] = [-0.1307 / 0.3081, (1 - 0.1307) / 0.3081];
  for (const [inputShape, border] of [
    [[1, 32, 32], 2],
    [[1, 28, 28], 0],
  ] as const) {
    using model = await lenet5({ inputShape, initialize: false });
    const size = inputShape[1];
    // A light stroke shows where the border is.
    const middle = Uint8Array.from({ length: 28 * 28 }, (_, i) =>
      i % 28 === 14 && i > 280 && i < 560 ? 255 : 0,
    );
    const { shape, data } = await model.prepare!({ width: 28, height: 28, channels: 1, data: middle });
    assert.equal(shape, [1, ...inputShape]);
    const at = (y: number, x: number): number => data[(y + border) * size + x + border]!;
    near([at(15, 14), at(15, 13), at(2, 14)], [light, black, black], { atol: 1e-5, rtol: 1e-5 });
  }
});

test("weights are loaded from the bytes of a file", async () => {
  const state = new Map(NAMES.map((name) => [name, goldens.get(name)!]));
  using model = await lenet5({ weights: writeSafetensors(state) });
  near((await model.predict(goldens.get("input")!)).data, goldens.get("output")!.data, {
    atol: 1e-5,
    rtol: 1e-4,
  });
});

test("weights that do not fit are refused, and the model is not left behind", async () => {
  using on = machine(1);
  const wrong = writeSafetensors(new Map([["0.weight", noise([6, 1, 3, 3])]]));
  await rejectsMessage(
    () => lenet5({ weights: wrong, runtime: on }),
    /missing: 0\.bias, 3\.weight.*wrongly shaped: 0\.weight \(\[6, 1, 3, 3\] instead of \[6, 1, 5, 5\]\)/,
  );
  assert.is(on.heap.usedBytes, 0);
});

test("other classes and inputs change the ends alone", async () => {
  using model = await lenet5({ classes: ["cat", "dog"], inputShape: [3, 28, 36] });
  assert.equal(model.outputShape, [2]);
  assert.equal(model.stateDict().get("0.weight")!.shape, [6, 3, 5, 5]);
  assert.equal(model.stateDict().get("7.weight")!.shape, [120, 16 * 4 * 6]);
  const [best] = await model.classify(noise([3, 28, 36]));
  assert.ok(["cat", "dog"].includes(best!.label));
  await rejectsMessage(() => lenet5({ weigths: "x" } as object), /unknown option "weigths"/);
});

test.run();
