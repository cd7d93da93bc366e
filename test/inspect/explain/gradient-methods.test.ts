// Saliency, SmoothGrad and integrated gradients by their properties.

import { custom, flatten, linear, sequential } from "../../../src/index.js";
import { integratedGradients, saliency, smoothGrad } from "../../../src/inspect/index.js";
import { Tensor } from "../../../src/tensor.js";
import { assert, near, rejectsMessage, suite } from "../../harness/suite.js";
import { runtimeOf } from "../../train/problems.js";
import { noise, SHAPE, scoresOf, smooth } from "./problems.js";

const test = suite("saliency, SmoothGrad, integrated gradients");

const [, C, H, W] = SHAPE;
const x = noise(SHAPE, 5);

/** x^3. */
const cube = custom("Cube", (scope, v) => scope.multiply(scope.multiply(v, v), v));

test("saliency is the largest of the channels' central differences", async () => {
  using model = await smooth();
  const { map, score, target } = await saliency(model, x);
  const scores = await scoresOf(model, x);
  const best = scores.indexOf(Math.max(...scores));
  assert.is(target.class, best);
  assert.is(target.label, model.classes[best]);
  near([score], [scores[best]!], { atol: 1e-6 });
  near([target.probability!], [(await model.predict(x)).data[best]!], { atol: 1e-6 });
  const [differences, h] = [new Float64Array(x.size), 0.05];
  for (let i = 0; i < x.size; i++) {
    const moved = async (by: number) => {
      const data = x.data.slice();
      data[i]! += by;
      return (await scoresOf(model, new Tensor(data, SHAPE)))[best]!;
    };
    differences[i] = ((await moved(h)) - (await moved(-h))) / (2 * h);
  }
  const at = (i: number) => Array.from({ length: C }, (_, c) => differences[c * H * W + i]!);
  const largest = Array.from({ length: H * W }, (_, i) => Math.max(...at(i).map(Math.abs)));
  const atol = 3e-3 * Math.max(...largest);
  near(map.data, largest, { atol, rtol: 0 });
  const signed = await saliency(model, x, { signed: true });
  const sums = largest.map((_, i) => at(i).reduce((a, b) => a + b, 0));
  near(signed.map.data, sums, { atol: 2 * atol, rtol: 0 });
});

test("SmoothGrad without noise is saliency", async () => {
  using model = await smooth();
  for (const options of [{}, { signed: true }, { timesInput: true }]) {
    const plain = await saliency(model, x, { class: 1, ...options });
    const smoothed = await smoothGrad(model, x, { class: 1, samples: 5, noise: 0, ...options });
    near(smoothed.map.data, plain.map.data, { atol: 1e-8, rtol: 1e-5 });
  }
});

test("SmoothGrad of a linear network is its weights, whatever the noise", async () => {
  using model = await sequential({ flat: flatten(), fc: linear(2) }).build([1, 3, 4], { seed: 1 });
  const weights = model.stateDict().get("fc.weight")!.data.subarray(12);
  const { map } = await smoothGrad(model, noise([1, 3, 4]), {
    class: 1,
    samples: 9,
    noise: 3,
    signed: true,
  });
  near(map.data, weights, { atol: 1e-6 });
});

test("the same seed gives the same SmoothGrad, on one thread and on two; another seed another", async () => {
  const options = { class: 2, samples: 6, seed: 8 };
  const maps: Float32Array[] = [];
  for (const threads of [1, 2]) {
    using on = runtimeOf(threads);
    using model = await smooth({ runtime: on });
    for (const batchSize of [6, 4])
      maps.push((await smoothGrad(model, x, { ...options, batchSize })).map.data);
    const other = await smoothGrad(model, x, { ...options, seed: 9 });
    assert.ok(other.map.data.some((value, i) => value !== maps[0]![i]));
  }
  for (const map of maps) assert.equal([...map], [...maps[0]!]);
});

test("SmoothGrad is the mean over noise of the deviation that it says", async () => {
  // The derivative of w x^3, 3 w x^2, is 3 w (x^2 + deviation^2) on average.
  using model = await sequential({ cube, flat: flatten(), fc: linear(1) }).build([1, 1, 2], { seed: 1 });
  const weights = model.stateDict().get("fc.weight")!.data;
  const input = new Tensor(Float32Array.of(-1, 3), [1, 1, 1, 2]);
  const { map } = await smoothGrad(model, input, { samples: 20000, noise: 0.25, signed: true });
  const expected = [1 + 1, 9 + 1].map((square, i) => 3 * weights[i]! * square);
  near(map.data, expected, { rtol: 0.05, atol: 0 });
});

test("integrated gradients are complete, and tell how far they are from it", async () => {
  using model = await smooth();
  const scores = async (at: Tensor) => (await scoresOf(model, at))[3]!;
  for (const baseline of [0, -0.5, "mean", noise(SHAPE, 9)] as const) {
    const { attributions, map, score, baselineScore, gap } = await integratedGradients(model, x, {
      class: 3,
      baseline,
      steps: 12,
    });
    assert.equal(attributions.shape, [...SHAPE]);
    const from =
      baseline instanceof Tensor
        ? baseline
        : new Tensor(
            Float32Array.from(x.data, (_, i) => {
              if (baseline !== "mean") return baseline;
              const channel = Math.floor(i / (H * W));
              return (
                x.data.subarray(channel * H * W, (channel + 1) * H * W).reduce((a, b) => a + b) / (H * W)
              );
            }),
            SHAPE,
          );
    near([score, baselineScore], [await scores(x), await scores(from)], { atol: 1e-5 });
    const sum = map.data.reduce((a, b) => a + b, 0);
    near([sum], [score - baselineScore], { atol: 2e-5, rtol: 1e-4 }, "completeness");
    near([gap], [sum - (score - baselineScore)], { atol: 2e-5 }, "gap");
  }
});

test("one step of a bent path leaves a gap that is told", async () => {
  // On the way from 0 the middle's derivative is 3 w (x / 2)^2, so 3/4 of the score is found.
  using model = await sequential({ cube, flat: flatten(), fc: linear(1, { bias: false }) }).build([1, 1, 3]);
  const input = new Tensor(Float32Array.of(2, -1, 0.5), [1, 1, 1, 3]);
  const one = await integratedGradients(model, input, { steps: 1, baseline: 0 });
  near([one.gap], [-one.score / 4], { rtol: 1e-5 });
  const two = await integratedGradients(model, input, { steps: 2 });
  near([two.gap], [0], { atol: 1e-5 });
});

test("errors", async () => {
  using model = await smooth();
  await rejectsMessage(smoothGrad(model, x, { samples: 0 }), /smoothGrad: samples is 0/);
  await rejectsMessage(smoothGrad(model, x, { noise: -1 }), /smoothGrad: noise is -1/);
  await rejectsMessage(smoothGrad(model, x, { seed: 0.5 }), /the seed is 0\.5; it must be a whole number/);
  await rejectsMessage(smoothGrad(model, x, { batchSize: 0 }), /smoothGrad: batchSize is 0/);
  await rejectsMessage(
    smoothGrad(model, x, { onProgress: 3 } as object),
    /onProgress is 3; it must be a fun/,
  );
  await rejectsMessage(integratedGradients(model, x, { steps: 1.5 }), /integratedGradients: steps is 1\.5/);
  await rejectsMessage(saliency(model, x, { signed: 1 } as object), /saliency: signed is 1/);
  await rejectsMessage(saliency(model, noise([2, 3, 10, 12])), /takes one input, not a batch of 2/);
});

test.run();
