import { prepare, readImage } from "../../src/image/index.js";
import type { Model } from "../../src/layers/model.js";
import { models } from "../../src/zoo/index.js";
import { folder, npy, photos, raw, softmax } from "../harness/photographs.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("MobileNet-v1 from TensorFlow");

const network = models.mobilenet_v1!;
const mobilenet = (): Promise<Model> =>
  network.create({ weights: `${folder()}/models/mobilenet_v1_1.0_224.safetensors` });

test("it sees in Pillow's pixels what PyTorch sees", async () => {
  using model = await mobilenet();
  assert.equal(model.outputShape, [1001]);
  const expected = await npy("golden/mobilenet_v1_1.0_224.photos.npy");
  for (const [row, photo] of (await photos()).entries()) {
    const input = prepare(await raw(photo), { ...network.preprocessing!, shorter: 224 });
    const scores = await model.predict(input);
    const wanted = expected.data.subarray(row * 1001, (row + 1) * 1001);
    near(softmax(scores.data), wanted, { atol: 1e-4, rtol: 0 }, photo.file);
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
