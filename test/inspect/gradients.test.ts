import {
  avgPool2d,
  batchNorm2d,
  conv2d,
  dropout,
  flatten,
  linear,
  type Model,
  maxPool2d,
  parallel,
  Random,
  relu,
  residual,
  sequential,
  sigmoid,
  softmax,
  Tensor,
} from "../../src/index.js";
import { gradients } from "../../src/inspect/index.js";
import { assert, near, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("gradients");

const noise = (shape: number[], seed = 1): Tensor => {
  const random = new Random(seed);
  return new Tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
};

const smooth = (): Promise<Model> =>
  sequential({
    conv: conv2d(6, 3, { padding: 1 }),
    norm: batchNorm2d(),
    act: sigmoid(),
    fork: parallel([conv2d(3, 1), conv2d(5, 3, { padding: 1 })]),
    block: residual([conv2d(8, 3, { padding: 1 }), sigmoid()]),
    pool: avgPool2d(2),
    drop: dropout(0.5),
    flat: flatten(),
    fc: linear(4),
    prob: softmax(),
  }).build([3, 6, 6], { seed: 3, classes: ["cat", "dog", "bird", "wild cat"] });

test("are those of central differences, for a class's score before softmax", async () => {
  using model = await smooth();
  const x = noise([1, 3, 6, 6]);
  const { input, scores } = await gradients(model, x, { class: "dog" });
  assert.equal(input.shape, x.shape);
  const score = async (at: Tensor) => (await model.taps(at, ["fc"])).fc!.data[1]!;
  near(scores, [await score(x)], { atol: 1e-6 });
  const h = 0.05;
  const differences: number[] = [];
  for (let i = 0; i < x.size; i++) {
    const moved = async (by: number) => {
      const data = x.data.slice();
      data[i]! += by;
      return score(new Tensor(data, x.shape));
    };
    differences.push(((await moved(h)) - (await moved(-h))) / (2 * h));
  }
  const largest = Math.max(...differences.map(Math.abs));
  near(input.data, differences, { atol: 2e-3 * largest, rtol: 0 });
});

test("of the likeliest class, each input's own, unless said otherwise", async () => {
  using model = await smooth();
  const batch = noise([5, 3, 6, 6], 7);
  const { data } = await model.predict(batch);
  const { input, scores } = await gradients(model, batch);
  for (let i = 0; i < 5; i++) {
    const own = [...data.subarray(i * 4, i * 4 + 4)];
    const best = own.indexOf(Math.max(...own));
    const one = new Tensor(batch.data.slice(i * 108, (i + 1) * 108), [1, 3, 6, 6]);
    const alone = await gradients(model, one, { class: best });
    near(scores.subarray(i, i + 1), alone.scores, { atol: 1e-6 });
    near(input.data.subarray(i * 108, (i + 1) * 108), alone.input.data, { atol: 1e-7 });
  }
});

test("of a unit and of a channel, by hand: a correlation's are its kernel", async () => {
  using model = await sequential({ conv: conv2d(2, 3), pool: maxPool2d(2), act: relu() }).build([1, 6, 6]);
  const weight = model.stateDict().get("conv.weight")!;
  const x = noise([1, 6, 6]);
  const { input, layers } = await gradients(model, x, {
    layer: "conv",
    channel: 1,
    unit: [1, 2],
    layers: ["conv", "pool"],
  });
  const expected = new Float32Array(36);
  for (let i = 0; i < 9; i++) expected[(1 + Math.floor(i / 3)) * 6 + 2 + (i % 3)] = weight.data[9 + i]!;
  near(input.data, expected, { atol: 1e-7 });
  const one = new Float32Array(32);
  one[16 + 1 * 4 + 2] = 1;
  assert.equal([...layers.conv!.gradient.data], [...one]);
  // What comes after the layer has no part in it.
  assert.ok(layers.pool!.gradient.data.every((value) => value === 0));
  assert.equal(layers.pool!.gradient.shape, [1, 2, 2, 2]);
  near(layers.pool!.value.data, (await model.taps(x.reshape(1, 1, 6, 6), ["pool"])).pool!.data);
  const sum = await gradients(model, x, { layer: "conv", channel: 0 });
  const inner = weight.data.subarray(0, 9).reduce((a, b) => a + b, 0);
  near([sum.input.at(0, 0, 3, 3)], [inner], { atol: 1e-6 });
});

test("leave no memory behind", async () => {
  using model = await smooth();
  const x = noise([1, 3, 6, 6]);
  await gradients(model, x);
  const before = model.runtime.heap.memory.buffer.byteLength;
  for (let i = 0; i < 30; i++) await gradients(model, x);
  assert.is(model.runtime.heap.memory.buffer.byteLength, before);
});

test("errors say what there is", async () => {
  using model = await smooth();
  const x = noise([1, 3, 6, 6]);
  const of = (options: object, input = x) => gradients(model, input, options);
  await rejectsMessage(of({ class: "cow" }), /no class "cow"\. Give its number, from 0 to 3, or a name/);
  await rejectsMessage(of({ class: "wild" }), /no class "wild"\. Did you mean "wild cat"\?/);
  await rejectsMessage(of({ class: 4 }), /class is 4; it must be a whole number from 0 to 3/);
  await rejectsMessage(of({ layer: "conv" }), /say which channel of layer "conv"/);
  await rejectsMessage(of({ layer: "conf", channel: 0 }), /no layer "conf"\. Its layers are: conv, norm/);
  await rejectsMessage(of({ layer: "conv", channel: 6 }), /channel of layer "conv" is 6; .* from 0 to 5/);
  await rejectsMessage(
    of({ layer: "conv", channel: 0, unit: [6, 0] }),
    /y of the unit, of \[6, 6\] in layer "conv" is 6; .* from 0 to 5/,
  );
  await rejectsMessage(of({ channel: 1 }), /Give its name as layer/);
  await rejectsMessage(of({}, noise([1, 2, 6, 6])), /shape \[1, 2, 6, 6\]; the model takes \[n, 3, 6, 6\]/);
  await rejectsMessage(of({ klass: 1 }), /unknown option "klass"/);
});

test.run();
