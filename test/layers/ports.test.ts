import { custom, type Scope } from "../../src/layers/layer.js";
import { linear } from "../../src/layers/linear.js";
import { buildModel, type Port } from "../../src/layers/model.js";
import type { Value } from "../../src/ops/op.js";
import { reshape } from "../../src/ops/reshape.js";
import { type Shape, Tensor, tensor } from "../../src/tensor.js";
import { crossEntropy, sgd, Trainer } from "../../src/train/index.js";
import { assert, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";

const test = suite("ports");

const range = (shape: Shape, first = 0): Tensor => {
  const count = shape.reduce((a, b) => a * b, 1);
  return new Tensor(
    Float32Array.from({ length: count }, (_, i) => first + i),
    shape,
  );
};

/** left + right, and left right. */
const arithmetic = custom("Arithmetic", (scope, left) => {
  const right = scope.input("right") as Value;
  scope.output("product", scope.multiply(left, right));
  return scope.add(left, right);
});

const two = (batch: boolean | number): Port[] =>
  ["left", "right"].map((name) => ({ name, shape: [batch === true ? 1 : Number(batch), 2, 3], batch }));

test("inputs and outputs by name", async () => {
  using model = await buildModel(arithmetic, two(true), { outputs: ["sum", "product"] });
  assert.equal(model.inputShape, [2, 3]);
  for (const n of [1, 3, 70]) {
    const [left, right] = [range([n, 2, 3], 1), range([n, 2, 3], -4)];
    const expected = {
      sum: left.data.map((value, i) => value + right.data[i]!),
      product: left.data.map((value, i) => value * right.data[i]!),
    };
    for (const results of [await model.predict({ left, right }), model.predictSync({ right, left })]) {
      assert.equal(Object.keys(results), ["sum", "product"]);
      for (const name of ["sum", "product"] as const) {
        assert.equal(results[name]!.shape, [n, 2, 3]);
        assert.equal(results[name]!.data, expected[name]);
      }
    }
  }
});

test("a batch of fixed size is run in pieces", async () => {
  using model = await buildModel(arithmetic, two(2), { outputs: ["sum", "product"] });
  const [left, right] = [range([6, 2, 3], 1), range([6, 2, 3], -4)];
  const { sum } = await model.predict({ left, right });
  assert.equal(
    sum!.data,
    left.data.map((value, i) => value + right.data[i]!),
  );
  await rejectsMessage(
    () => model.predict({ left: range([3, 2, 3]), right: range([3, 2, 3]) }),
    /batches of 2, and 3 is no multiple of that\. Import it with \{ batch: "free" \}/,
  );
});

test("an input whose values decide shapes is known while the network is traced", async () => {
  const view = custom("View", (scope: Scope, x) => {
    const shape = scope.input("shape") as Tensor;
    return scope.op(reshape, [x], { shape: [...shape.data] });
  });
  const ports: Port[] = [
    { name: "x", shape: [2, 6], batch: 2 },
    { name: "shape", shape: [3], batch: false, content: true },
  ];
  using model = await buildModel(view, ports);
  assert.equal(model.outputShape, []);
  throwsMessage(() => model.layers, /depend on the values of its input "shape"/);
  for (const sizes of [
    [2, 3, 2],
    [2, 1, 6],
    [2, 3, 2],
  ]) {
    const { output } = await model.predict({ x: range([2, 6]), shape: tensor(sizes) });
    assert.equal(output!.shape, sizes);
    assert.equal(output!.data, range([2, 6]).data);
  }
});

test("wrong names and values are told", async () => {
  using model = await buildModel(arithmetic, two(true), { outputs: ["sum", "product"] });
  const x = range([1, 2, 3]);
  await rejectsMessage(
    () => model.predict(x),
    /has the inputs "left", "right"\. Give an object with a tensor for each/,
  );
  await rejectsMessage(() => model.predict({ left: x }), /the input "right" must be a Tensor, not undefined/);
  await rejectsMessage(
    () => model.predict({ left: x, right: x, middle: x }),
    /has no input "middle"\. Its inputs are "left", "right"/,
  );
  await rejectsMessage(
    () => model.predict({ left: x, right: range([1, 3, 3]) }),
    /the input "right" has shape \[1, 3, 3\], but this model takes \[n, 2, 3\]/,
  );
});

test("a model that is not initialised begins with zeros, for which there is memory once they are asked for", async () => {
  using model = await buildModel(linear(3), [2], { initialize: false });
  const { heap } = model.runtime;
  const before = heap.usedBytes;
  assert.equal(model.parameterCount, 9);
  assert.is(heap.usedBytes, before);
  assert.equal([...model.stateDict().get("weight")!.data], [0, 0, 0, 0, 0, 0]);
  // Two weights, each on cache lines of its own.
  assert.is(heap.usedBytes, before + 2 * 64);
  model.dispose();
  assert.is(heap.usedBytes, before);
  await rejectsMessage(() => buildModel(linear(3), [2], { initialize: 1 as never }), /initialize/);
});

test("classify takes pictures where the model can prepare them", async () => {
  using model = await buildModel(linear(3), [2], {
    prepare: (picture) => tensor([[(picture as { width: number }).width, 1]]),
  });
  const direct = await model.classify(tensor([[7, 1]]));
  assert.equal(await model.classify({ width: 7, height: 1 }), direct);
  using plain = await buildModel(linear(3), [2]);
  await rejectsMessage(
    () => plain.classify({ width: 7 }),
    /must be a Tensor, not .*build the model with \{ prepare \}/,
  );
});

test("the gradient of auxiliary scores is added by their weight", async () => {
  /** Gradients of one step for the main scores alone, the auxiliary ones alone, or both. */
  const gradients = async (main: boolean, weight: number): Promise<Map<string, Tensor>> => {
    const branching = custom("Branching", (scope, x) => {
      const trunk = scope.child("trunk", linear(4), x);
      const scores = scope.child("head", linear(3), trunk);
      const side = scope.child("side", linear(3), trunk);
      if (!main) return side;
      if (weight > 0) scope.auxiliary("aux", side, weight);
      return scores;
    });
    using model = await buildModel(branching, [5], { seed: 3 });
    assert.equal((await model.predict(range([2, 5]))).shape, [2, 3]);
    using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ lr: 1e-6 }) });
    await trainer.step({ inputs: range([2, 5], -4), targets: Int32Array.of(0, 2) });
    return trainer.gradients();
  };
  const [alone, side, both] = [
    await gradients(true, 0),
    await gradients(false, 0),
    await gradients(true, 0.3),
  ];
  for (const [name, { data }] of both) {
    const a = alone.get(name)!.data;
    const b = side.get(name)!.data;
    data.forEach((value, i) => {
      const expected = a[i]! + 0.3 * b[i]!;
      assert.ok(
        Math.abs(value - expected) <= 1e-5 * (1 + Math.abs(expected)),
        `${name}: ${value}, ${expected}`,
      );
    });
  }
  assert.ok(side.get("side.weight")!.data.some((value) => Math.abs(value) > 1e-3));
});

test.run();
