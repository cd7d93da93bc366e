// The program in docs/fine-tuning.md, run as it stands there, on a folder of small pictures.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zoo from "featuremap/zoo";
import { readFile } from "#platform";
import * as data from "../../src/data/index.js";
import * as image from "../../src/image/index.js";
import type { Model } from "../../src/index.js";
import * as train from "../../src/train/index.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("docs/fine-tuning.md");

const modules: Record<string, object> = {
  "featuremap/data": data,
  "featuremap/image": image,
  "featuremap/train": train,
  "featuremap/zoo": zoo,
};
const colours = { blue: [30, 60, 200], green: [40, 190, 60], red: [210, 40, 50] };

let folder = "";
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "featuremap-"));
});
test.after(() => rmSync(folder, { recursive: true }));

/** A picture of one colour, with differences. */
function picture([r, g, b]: number[], seed: number): image.Image {
  const [width, height] = [40 + seed, 30];
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    return [r, g, b][i % 3]! + Math.round(20 * Math.sin(i * (seed + 1)));
  });
  return { width, height, channels: 3, data };
}

test("its program trains, saves and classifies, and evaluate agrees with classify", async () => {
  for (const [name, colour] of Object.entries(colours)) {
    mkdirSync(join(folder, "photos", name, "more"), { recursive: true });
    for (let i = 0; i < 5; i++) {
      const path = join(folder, "photos", name, i % 2 ? "more" : "", `${i}.png`);
      writeFileSync(path, await image.encodePng(picture(colour, i)));
    }
  }
  writeFileSync(join(folder, "new.jpg"), await image.encodePng(picture(colours.green, 9)));
  const known = await zoo.resnet18({ seed: 3 });
  await known.save(join(folder, "resnet18-f37072fd.pth"));
  known.dispose();

  const text = new TextDecoder().decode(await readFile("docs/fine-tuning.md"));
  // How much is learnt is the trainer's tests' affair; here it is whether the parts fit.
  const program = /```js\n(.*?)```/s.exec(text)![1]!.replace("epochs: 5", "epochs: 1");
  const names: Record<string, unknown> = {};
  const body = program
    .replace(/^import \{ (.*) \} from "(.*)";$/gm, (_, list: string, from: string) => {
      for (const name of list.split(", ")) {
        names[name] = (modules[from] as Record<string, unknown>)[name];
        assert.ok(names[name], `${from} has ${name}`);
      }
      return "";
    })
    .replace(/"(photos|new\.jpg|photos\.safetensors|resnet18-f37072fd\.pth)"/g, (_, name: string) =>
      JSON.stringify(join(folder, name)),
    );
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const run = new AsyncFunction(...Object.keys(names), "console", `${body}; return { model, photos, mine };`);
  const said: unknown[][] = [];
  const { model, photos, mine } = (await run(...Object.values(names), {
    log: (...values: unknown[]) => said.push(values),
  })) as { model: Model; photos: data.ImageFolder; mine: Model };

  assert.equal(mine.classes, Object.keys(colours));
  assert.ok(mine.classes.includes(said[1]![0] as string));
  let right = 0;
  for (const index of Array.from({ length: photos.length }).keys()) {
    const { inputs, targets } = await photos.get([index]);
    const name = photos.classes[(targets as Int32Array)[0]!]!;
    const order = [0, 2, 4, 1, 3][index % 5]!;
    const path = join(folder, "photos", name, order % 2 ? "more" : "", `${order}.png`);
    const photo = await image.readImage(path);
    near(inputs.data, (await mine.prepare!(photo)).data, { atol: 0, rtol: 0 }, path);
    right += (await mine.classify(photo))[0]!.label === name ? 1 : 0;
  }
  assert.is((await train.evaluate(model, photos)).accuracy, right / photos.length);
  model.dispose();
  mine.dispose();
});

test.run();
