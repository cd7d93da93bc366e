// MobileNet-v1 with TensorFlow's weights, where the shared data are.

import { readFile } from "#platform";
import { type Image, prepare, readImage } from "../../src/image/index.js";
import type { Model } from "../../src/layers/model.js";
import { readNpy } from "../../src/weights/index.js";
import { models } from "../../src/zoo/index.js";
import { assert, near, sharedData, skip, suite } from "../harness/suite.js";

const test = suite("MobileNet-v1 from TensorFlow");

interface Photo {
  readonly file: string;
  readonly rgb: string;
  readonly classes: readonly number[];
  readonly labels: readonly string[];
}

const folder = (): string => sharedData() ?? skip("needs the shared data");
const network = models.mobilenet_v1!;
const mobilenet = (): Promise<Model> =>
  network.create({ weights: `${folder()}/models/mobilenet_v1_1.0_224.safetensors` });

async function photos(): Promise<readonly Photo[]> {
  return JSON.parse(new TextDecoder().decode(await readFile(`${folder()}/photos/manifest.json`)));
}

function softmax(scores: Float32Array): number[] {
  const most = Math.max(...scores);
  const powers = Array.from(scores, (score) => Math.exp(score - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

test("it sees in Pillow's pixels what PyTorch sees", async () => {
  using model = await mobilenet();
  assert.equal(model.outputShape, [1001]);
  const path = "golden/mobilenet_v1_1.0_224.photos.npy";
  const expected = readNpy(await readFile(`${folder()}/${path}`), path);
  for (const [row, { file, rgb }] of (await photos()).entries()) {
    const data = await readFile(`${folder()}/photos/${rgb}`);
    const image: Image = { width: 224, height: 224, channels: 3, data };
    const scores = await model.predict(prepare(image, { ...network.preprocessing!, shorter: 224 }));
    const wanted = expected.data.subarray(row * 1001, (row + 1) * 1001);
    near(softmax(scores.data), wanted, { atol: 1e-4, rtol: 0 }, file);
  }
});

test("it names the photographs, from their files", async () => {
  using model = await mobilenet();
  for (const { file, classes, labels } of await photos()) {
    const [best] = await model.classify(await readImage(`${folder()}/photos/${file}`));
    // The first class is what is none of ImageNet's.
    assert.ok(classes.includes(best!.index - 1), `${file}: ${best!.label}`);
    assert.ok(labels.includes(best!.label), best!.label);
  }
});

test.run();
