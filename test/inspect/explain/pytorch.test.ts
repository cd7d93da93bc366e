// Against PyTorch: autograd, and hooks for Grad-CAM. See test/goldens/explain.py.

import { gradCam, integratedGradients, saliency } from "../../../src/inspect/index.js";
import type { Model } from "../../../src/layers/model.js";
import { readSafetensors } from "../../../src/weights/index.js";
import { basicBlock, resnet } from "../../../src/zoo/index.js";
import { fixture } from "../../harness/fixture.js";
import { fill, picture } from "../../harness/hashed.js";
import { assert, near, suite } from "../../harness/suite.js";

const test = suite("explanations as PyTorch makes them");

const { tensors, metadata } = readSafetensors(await fixture("goldens/explain.safetensors"));
const about: { shape: number[]; class: number; steps: number; gain: Record<string, number> } = JSON.parse(
  metadata.about!,
);
const x = picture("explained", about.shape);
const of = { class: about.class };

async function small(): Promise<Model> {
  const model = await resnet({
    block: basicBlock,
    layers: [1, 1, 1, 1],
    numClasses: 5,
    inputShape: about.shape.slice(1),
    initialize: false,
  });
  fill(model.store, about.gain);
  model.touch();
  return model;
}

/** Within a thousandth of the largest number. */
function same(actual: Float32Array, name: string): void {
  const { data } = tensors.get(name)!;
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  near(actual, data, { atol: 1e-3 * largest, rtol: 0 }, name);
}

test("saliency, and the gradient times the input", async () => {
  using model = await small();
  const { map, score } = await saliency(model, x, of);
  assert.equal(map.shape, about.shape.slice(2));
  same(map.data, "saliency");
  near([score], [tensors.get("scores")!.data[about.class]!], { rtol: 1e-4 });
  const product = await saliency(model, x, { ...of, signed: true, timesInput: true });
  same(product.map.data, "signed");
});

test("integrated gradients", async () => {
  using model = await small();
  const { attributions, map } = await integratedGradients(model, x, {
    ...of,
    steps: about.steps,
    baseline: 0,
  });
  same(attributions.data, "integrated");
  const area = map.size;
  const { data } = tensors.get("integrated")!;
  const sums = Float32Array.from(
    { length: area },
    (_, i) => data[i]! + data[area + i]! + data[2 * area + i]!,
  );
  near(map.data, sums, { atol: 1e-3 * sums.reduce((a, b) => Math.max(a, Math.abs(b)), 0), rtol: 0 });
});

test("Grad-CAM of the last layer and of one before, coarse and in the input's size", async () => {
  using model = await small();
  const last = await gradCam(model, x, of);
  assert.is(last.at, "layer4");
  for (const result of [last, await gradCam(model, x, { ...of, at: "layer2" })]) {
    same(result.coarse.data, `${result.at}.coarse`);
    same(result.map.data, `${result.at}.map`);
    assert.equal(result.map.shape, about.shape.slice(2));
  }
});

test.run();
