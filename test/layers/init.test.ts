import { batchNorm2d, conv1d, conv2d, flatten, linear, type Model, sequential } from "featuremap";
import { assert, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("initial weights");

const network = sequential({
  conv: conv2d(64, [5, 3], { groups: 2 }),
  norm: batchNorm2d(),
  flatten: flatten(),
  linear: linear(100),
});
const SHAPE = [8, 8, 8];

const state = (model: Model) => new Map([...model.stateDict()].map(([name, { data }]) => [name, data]));

/** Asserts a uniform distribution in (-bound, bound), by its edges, mean, variance and thirds. */
function uniform(data: Float32Array, bound: number, what: string): void {
  const n = data.length;
  const mean = data.reduce((sum, x) => sum + x, 0) / n;
  const variance = data.reduce((sum, x) => sum + x * x, 0) / n;
  assert.ok(
    data.every((x) => Math.abs(x) <= Math.fround(bound)),
    `${what}: a value is outside of ${bound}`,
  );
  const largest = data.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  assert.ok(largest > bound * (1 - 12 / n), `${what}: no value is near ${bound}`);
  // Four standard deviations of the mean, and of the mean square, of n uniform numbers.
  assert.ok(Math.abs(mean) < (4 * bound) / Math.sqrt(3 * n), `${what}: the mean is ${mean}`);
  const expected = bound ** 2 / 3;
  assert.ok(
    Math.abs(variance - expected) < (4 * bound ** 2 * Math.sqrt(4 / 45)) / Math.sqrt(n),
    `${what}: ${variance}`,
  );
  const third = data.filter((x) => x > bound / 3).length / n;
  assert.ok(
    Math.abs(third - 1 / 3) < (4 * Math.sqrt(2)) / 3 / Math.sqrt(n),
    `${what}: ${third} are above a third`,
  );
}

test("weights and biases are torch's: uniform within one over the root of the fan-in", async () => {
  using model = await network.build(SHAPE, { seed: 1 });
  const values = state(model);
  // In a group of the convolution: 4 channels of 5 x 3. The linear layer has 64 channels of 4 x 6.
  uniform(values.get("conv.weight")!, 1 / Math.sqrt(4 * 15), "conv.weight");
  uniform(values.get("conv.bias")!, 1 / Math.sqrt(4 * 15), "conv.bias");
  uniform(values.get("linear.weight")!, 1 / Math.sqrt(64 * 4 * 6), "linear.weight");
  uniform(values.get("linear.bias")!, 1 / Math.sqrt(64 * 4 * 6), "linear.bias");
  using one = await sequential([conv1d(500, 7)]).build([3, 20]);
  uniform(state(one).get("0.weight")!, 1 / Math.sqrt(21), "conv1d");
});

test("batch normalisation begins as the identity, without history", async () => {
  using model = await network.build(SHAPE, { seed: 1 });
  const values = state(model);
  for (const [name, value] of Object.entries({ weight: 1, bias: 0, running_mean: 0, running_var: 1 })) {
    assert.equal(values.get(`norm.${name}`), new Float32Array(64).fill(value), name);
  }
  assert.equal(values.get("norm.num_batches_tracked"), Float32Array.of(0));
});

test("the seed decides, and nothing else", async () => {
  using first = await network.build(SHAPE, { seed: 42 });
  using same = await network.build(SHAPE, { seed: 42 });
  using other = await network.build(SHAPE, { seed: 43 });
  using byDefault = await network.build(SHAPE);
  using zero = await network.build(SHAPE, { seed: 0 });
  assert.equal(state(first), state(same));
  assert.equal(state(byDefault), state(zero));
  for (const name of ["conv.weight", "conv.bias", "linear.weight", "linear.bias"]) {
    const values = state(first).get(name)!;
    const equal = state(other)
      .get(name)!
      .filter((x, i) => x === values[i]).length;
    assert.ok(equal <= 2, `${name}: ${equal} values do not depend on the seed`);
  }
});

test("parameters are independent of each other", async () => {
  using model = await sequential([conv2d(6, 3), conv2d(6, 3), conv2d(6, 3)]).build([6, 8, 8]);
  const values = [...state(model).values()].filter(({ length }) => length > 6);
  assert.not.equal(values[0], values[1]);
  assert.not.equal(values[1], values[2]);
  assert.is(new Set(values[0]!).size > 300, true);
});

test("a seed that is no whole number is refused", async () => {
  for (const seed of [1.5, Number.NaN, 2 ** 60, "1"]) {
    await rejectsMessage(
      () => network.build(SHAPE, { seed: seed as number }),
      /^build: the seed is .*; it must be a whole number/,
    );
  }
});

test.run();
