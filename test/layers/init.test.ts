import {
  batchNorm2d,
  conv1d,
  conv2d,
  flatten,
  type Initializer,
  inits,
  linear,
  type Model,
  sequential,
} from "featuremap";
import { assert, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";

const test = suite("initial weights");

const { filled, heNormal, heUniform, normal, truncatedNormal } = inits;

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

/** Weights and biases of a convolution of 8 to 64 channels in 2 groups by a 5 x 3 kernel, drawn as asked. */
async function drawn(weight: Initializer, bias?: Initializer): Promise<Map<string, Float32Array>> {
  const init = { weight, ...(bias && { bias }) };
  using model = await sequential([conv2d(64, [5, 3], { groups: 2, init })]).build([8, 8, 8], { seed: 1 });
  return state(model);
}

test("weights begin as asked, by torch's formulas", async () => {
  const ins = 4 * 15;
  const outs = 64 * 15;
  const values = await drawn(heUniform(), filled(0.5));
  uniform(values.get("0.weight")!, Math.sqrt(6 / ins), "He, uniform");
  assert.equal(values.get("0.bias"), new Float32Array(64).fill(0.5));
  uniform((await drawn(heUniform({ mode: "fanOut" }))).get("0.weight")!, Math.sqrt(6 / outs), "fan out");

  const deviations: [string, Initializer, number, within: number][] = [
    ["normal", normal(0.01), 0.01, Number.POSITIVE_INFINITY],
    ["He, normal", heNormal(), Math.sqrt(2 / ins), Number.POSITIVE_INFINITY],
    ["He, normal, fan out", heNormal({ mode: "fanOut" }), Math.sqrt(2 / outs), Number.POSITIVE_INFINITY],
    // The standard deviation of a normal distribution cut off at two of its own.
    ["truncated", truncatedNormal(0.1), 0.1 * 0.8796, 0.2],
  ];
  for (const [what, init, deviation, bound] of deviations) {
    const data = (await drawn(init)).get("0.weight")!;
    const n = data.length;
    const mean = data.reduce((sum, x) => sum + x, 0) / n;
    const square = data.reduce((sum, x) => sum + x * x, 0) / n;
    assert.ok(Math.abs(mean) < (4 * deviation) / Math.sqrt(n), `${what}: the mean is ${mean}`);
    assert.ok(Math.abs(square / deviation ** 2 - 1) < 4 * Math.sqrt(2 / n), `${what}: ${Math.sqrt(square)}`);
    const largest = data.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
    assert.ok(largest <= Math.fround(bound) && largest > 1.8 * deviation, `${what}: up to ${largest}`);
  }
});

test("initial values that are none are refused", () => {
  throwsMessage(() => conv2d(4, 3, { init: { weights: filled(0) } as object }), /unknown option "weights"/);
  throwsMessage(
    () => linear(4, { init: { weight: 0 } as object }),
    /^linear: init\.weight is 0; it must be a function such as inits\.heNormal\(\)/,
  );
  throwsMessage(() => heNormal({ mode: "fan_out" as "fanOut" }), /must be "fanIn" or "fanOut"/);
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
