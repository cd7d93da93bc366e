import { prepare, readImage } from "../../src/image/index.js";
import type { Model } from "../../src/layers/model.js";
import { imagenetLabels } from "../../src/zoo/imagenet.js";
import { models } from "../../src/zoo/index.js";
import { wordnetIds } from "../../src/zoo/wordnet.js";
import { folder, json, npy, photos, raw, softmax } from "../harness/photographs.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("photographs in, labels out");

const squeezenet = (): Promise<Model> =>
  models.squeezenet1_1!.create({ weights: `${folder()}/models/squeezenet1_1.safetensors` });

test("SqueezeNet 1.1 gives its three recorded outputs", async () => {
  const model = await squeezenet();
  for (const i of [0, 1, 2]) {
    const input = await npy(`models/squeezenet1_1.tests/${i}/input_0.npy`);
    const recorded = await npy(`models/squeezenet1_1.tests/${i}/output_0.npy`);
    const { data } = await model.predict(input);
    // Scores are near 290, and two other runtimes agree to 1.4e-4: this is four units in the last place.
    near(data, recorded.data, { atol: 3e-4, rtol: 1e-6 }, `output ${i}`);
  }
  model.dispose();
});

test("SqueezeNet 1.1 sees in Pillow's pixels what PyTorch sees", async () => {
  const model = await squeezenet();
  const { preprocessing } = models.squeezenet1_1!;
  const expected = await npy("golden/squeezenet1_1.photos.npy");
  for (const [row, photo] of (await photos()).entries()) {
    const input = prepare(await raw(photo), { ...preprocessing!, shorter: 224 });
    const { data } = await model.predict(input);
    near(
      softmax(data),
      expected.data.subarray(row * 1000, (row + 1) * 1000),
      { atol: 1e-3, rtol: 0 },
      photo.file,
    );
  }
  model.dispose();
});

test("the photographs are named, from their files", async () => {
  const model = await squeezenet();
  for (const { file, classes, labels } of await photos()) {
    const [best] = await model.classify(await readImage(`${folder()}/photos/${file}`));
    assert.ok(classes.includes(best!.index), `${file}: ${best!.label}`);
    assert.ok(labels.includes(best!.label), best!.label);
  }
  model.dispose();
});

test("the labels are ImageNet's", async () => {
  const recorded = (await json("imagenet_classes.json")) as Record<string, [string, string]>;
  const pairs = imagenetLabels.map((label, i) => [wordnetIds[i], label]);
  assert.equal(pairs, Object.values(recorded));
});

test.run();
