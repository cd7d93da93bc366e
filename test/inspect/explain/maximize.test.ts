import { flatten, linear, sequential } from "../../../src/index.js";
import { balanced, rolled } from "../../../src/inspect/explain/planes.js";
import { maximize } from "../../../src/inspect/index.js";
import { Tensor } from "../../../src/tensor.js";
import { assert, near, rejectsMessage, suite } from "../../harness/suite.js";
import { runtimeOf } from "../../train/problems.js";
import { noise, SHAPE, scoresOf, smooth } from "./problems.js";

const test = suite("maximize");

test("raises the score of a class, of a channel and of a unit", async () => {
  using model = await smooth();
  for (const target of [
    { class: "bird" },
    { layer: "fork", channel: 2 },
    { layer: "conv", channel: 1, unit: [3, 4] as const },
  ]) {
    const { input, scores } = await maximize(model, { ...target, steps: 30 });
    assert.equal(input.shape, [...SHAPE]);
    assert.is(scores.length, 31);
    assert.ok(scores[30]! > scores[0]! + 0.1, `${JSON.stringify(target)}: ${scores[0]} to ${scores[30]}`);
    assert.ok(input.data.every((value) => Math.abs(value) <= 1));
  }
});

test("its scores are the network's, of its inputs", async () => {
  using model = await smooth();
  const inputs: Tensor[] = [];
  const told: number[] = [];
  const { input, scores, target } = await maximize(model, {
    class: 1,
    steps: 4,
    jitter: 0,
    onProgress: ({ done, total, input: now, score }) => {
      assert.equal([done, total], [inputs.length + 1, 4]);
      inputs.push(now);
      told.push(score);
    },
  });
  assert.equal(target, { label: "dog", class: 1 });
  assert.equal([...input.data], [...inputs[3]!.data]);
  assert.equal(told, [...scores.subarray(0, 4)]);
  for (const [i, at] of inputs.entries())
    near([scores[i + 1]!], [(await scoresOf(model, at))[1]!], { atol: 1e-5 });
});

test("one step, by hand: along the gradient, a little back, within the ends", async () => {
  using model = await sequential({ flat: flatten(), fc: linear(1) }).build([1, 2, 3], { seed: 2 });
  const weights = model.stateDict().get("fc.weight")!.data;
  const start = new Tensor(Float32Array.of(0.1, -0.2, 0.3, 0.99, -0.99, 0), [1, 1, 2, 3]);
  const options = { class: 0, steps: 1, rate: 0.25, decay: 0.1, smoothness: 0, jitter: 0, start };
  const { input } = await maximize(model, options);
  const rms = Math.sqrt(weights.reduce((sum, weight) => sum + weight ** 2, 0) / 6);
  const expected = start.data.map((value, i) =>
    Math.max(-1, Math.min(1, 0.9 * (value + (0.25 * 2 * weights[i]!) / rms))),
  );
  near(input.data, expected, { atol: 1e-6 });
});

test("the same seed gives the same input, on one thread and on two; another seed another", async () => {
  const inputs: number[][] = [];
  for (const [threads, seed] of [
    [1, 4],
    [2, 4],
    [1, 5],
  ] as const) {
    using on = runtimeOf(threads);
    using model = await smooth({ runtime: on });
    inputs.push([...(await maximize(model, { class: 0, steps: 5, seed, jitter: 2 })).input.data]);
  }
  assert.equal(inputs[0], inputs[1]);
  assert.not.equal(inputs[0], inputs[2]);
});

test("begins where it is told to, and leaves that as it is", async () => {
  using model = await smooth();
  const start = noise(SHAPE, 3);
  const before = [...start.data];
  const { scores } = await maximize(model, { class: 2, steps: 1, start });
  near([scores[0]!], [(await scoresOf(model, start))[2]!], { atol: 1e-5 });
  assert.equal([...start.data], before);
});

test("moved planes come in where they leave, and go back", () => {
  const size = { c: 2, h: 4, w: 5 };
  const x = noise([2, 4, 5]);
  for (const [down, across] of [
    [0, 0],
    [1, 2],
    [-3, -1],
    [7, -6],
  ] as const) {
    const moved = new Tensor(rolled(x.data, size, down, across), [2, 4, 5]);
    for (let c = 0; c < 2; c++)
      for (let y = 0; y < 4; y++)
        for (let i = 0; i < 5; i++)
          assert.is(moved.at(c, (y + down + 8) % 4, (i + across + 10) % 5), x.at(c, y, i));
    assert.equal([...rolled(moved.data, size, -down, -across)], [...x.data]);
  }
});

test("the balance of coarse and fine: bands by their definition, each as strong as it is said", () => {
  const [h, w] = [16, 20];
  const size = { c: 1, h, w };
  const g = noise([1, h, w]);
  assert.is(balanced(g.data, size, 0), g.data);
  const spline = [1, 4, 6, 4, 1];
  const clamp = (i: number, n: number) => Math.min(Math.max(i, 0), n - 1);
  const blur = (x: number[], hole: number) =>
    x.map((_, at) => {
      const [y, i] = [Math.floor(at / w), at % w];
      let sum = 0;
      for (let a = 0; a < 5; a++)
        for (let b = 0; b < 5; b++)
          sum +=
            ((spline[a]! * spline[b]!) / 256) *
            x[clamp(y + (a - 2) * hole, h) * w + clamp(i + (b - 2) * hole, w)]!;
      return sum;
    });
  // 16 rows: two bands, the finest and the rest.
  const rest = blur([...g.data], 1);
  const bands = [rest.map((value, i) => g.data[i]! - value), rest];
  const rms = (x: number[]) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length);
  const expected = rest.map((_, i) =>
    bands.reduce((sum, band, k) => sum + (3 ** k * band[i]!) / rms(band), 0),
  );
  near(balanced(g.data, size, Math.log2(3)), expected, { atol: 1e-5 });
});

test("errors", async () => {
  using model = await smooth();
  await rejectsMessage(maximize(model, {}), /maximize: say what for: \{ class \}/);
  await rejectsMessage(maximize(model, { class: 0, steps: 0 }), /maximize: steps is 0/);
  await rejectsMessage(maximize(model, { class: 0, rate: 0 }), /maximize: rate is 0/);
  await rejectsMessage(maximize(model, { class: 0, decay: 2 }), /maximize: decay is 2/);
  await rejectsMessage(maximize(model, { class: 0, smoothness: -1 }), /maximize: smoothness is -1/);
  await rejectsMessage(maximize(model, { class: 0, jitter: -1 }), /maximize: jitter is -1/);
  await rejectsMessage(maximize(model, { class: 0, seed: 0.1 }), /maximize: the seed is 0\.1/);
  await rejectsMessage(maximize(model, { class: 0, setps: 3 } as object), /unknown option "setps"/);
  const signal = AbortSignal.abort(new Error("not now"));
  await rejectsMessage(maximize(model, { class: 0, signal }), /not now/);
});

test.run();
