// Explanations of real photographs by a network that knows them: they lie on what is to be seen.

import { prepare, readImage } from "../../../src/image/index.js";
import { gradCam, inputImage, maximize, occlusion, smoothGrad } from "../../../src/inspect/index.js";
import type { Model } from "../../../src/layers/model.js";
import type { Tensor } from "../../../src/tensor.js";
import { models, squeezenet1_1 } from "../../../src/zoo/index.js";
import { folder, photos, raw } from "../../harness/photographs.js";
import { assert, suite } from "../../harness/suite.js";

const test = suite("explanations of photographs");

const network = (): Promise<Model> =>
  squeezenet1_1({ weights: `${folder()}/models/squeezenet1_1.safetensors` });

/** Boxes [top, left, bottom, right] around what is to be seen, in the 224 x 224 pixels of the network. */
const places: Readonly<Record<string, readonly [number, number, number, number]>> = {
  "cat_cc-by.jpg": [10, 60, 224, 205],
  "hot_dog.jpg": [30, 0, 140, 224],
  "coffee_cup.jpg": [75, 45, 180, 200],
  "kitten_224.jpg": [0, 35, 224, 200],
};

/** Share of what is above zero that lies in the box, over the box's share of the pixels: above 1 where it is denser there. */
function density({ data, shape: [, w = 1] }: Tensor, [top, left, bottom, right]: readonly number[]): number {
  let [inside, all] = [0, 0];
  for (const [i, value] of data.entries()) {
    const [y, x] = [Math.floor(i / w), i % w];
    all += Math.max(0, value);
    if (y >= top! && y < bottom! && x >= left! && x < right!) inside += Math.max(0, value);
  }
  return inside / all / (((bottom! - top!) * (right! - left!)) / data.length);
}

test("Grad-CAM lies on the cat, the hot dog, the cup", async () => {
  using model = await network();
  for (const [file, box] of Object.entries(places)) {
    const photo = await readImage(`${folder()}/photos/${file}`);
    const { map, target } = await gradCam(model, photo);
    assert.ok(density(map, box) > 1, `${file}, ${target.label}: ${density(map, box).toFixed(2)}`);
    // What is strongest is on it.
    const most = map.data.indexOf(Math.max(...map.data));
    const [y, x] = [Math.floor(most / 224), most % 224];
    const within = y >= box[0] && y < box[2] && x >= box[1] && x < box[3];
    assert.ok(within, `${file}: strongest at ${y}, ${x}`);
  }
});

test("SmoothGrad and occlusion do as well, of the cup", async () => {
  using model = await network();
  const photo = await readImage(`${folder()}/photos/coffee_cup.jpg`);
  const box = places["coffee_cup.jpg"]!;
  const smoothed = await smoothGrad(model, photo, { samples: 8 });
  assert.ok(density(smoothed.map, box) > 1, `SmoothGrad: ${density(smoothed.map, box)}`);
  const hidden = await occlusion(model, photo, { patch: 56 });
  assert.ok(density(hidden.map, box) > 1, `occlusion: ${density(hidden.map, box)}`);
});

test("what the network saw is what it was given, to the bit", async () => {
  using model = await network();
  const { preprocessing } = models.squeezenet1_1!;
  for (const photo of await photos()) {
    const given = await raw(photo);
    const seen = await inputImage(model, prepare(given, { ...preprocessing!, shorter: 224 }));
    assert.is(seen.data.length, given.data.length);
    const same = seen.data.every((value, i) => value === given.data[i]);
    assert.ok(same, photo.file);
  }
});

test("a picture made for a class is taken for it, with certainty", async () => {
  using model = await network();
  const { input, scores } = await maximize(model, { class: "zebra", steps: 20 });
  assert.ok(scores.at(-1)! > scores[0]! + 10);
  const [best] = await model.classify(input);
  assert.is(best!.label, "zebra");
  assert.ok(best!.probability > 0.99);
});

test.run();
