import { readFile } from "#platform";
import { crop, type Image, readImage, resize } from "../../src/image/index.js";
import { assert, rejectsMessage, sharedData, skip, suite } from "../harness/suite.js";

const test = suite("photographs");

/** As the reference was made: the shorter side 256, the longer one rounded, the middle of it cut out. */
function prepared(image: Image): Image {
  const scale = 256 / Math.min(image.width, image.height);
  const resized = resize(image, {
    width: Math.round(image.width * scale),
    height: Math.round(image.height * scale),
  });
  return crop(resized, (resized.width - 224) >> 1, (resized.height - 224) >> 1, 224, 224);
}

test("decoded and resized are what Pillow makes of them", async () => {
  const folder = `${sharedData() ?? skip("needs the shared data")}/photos`;
  const manifest = JSON.parse(new TextDecoder().decode(await readFile(`${folder}/manifest.json`)));
  for (const { file, rgb } of manifest as { file: string; rgb: string }[]) {
    const { data } = prepared(await readImage(`${folder}/${file}`));
    const reference = await readFile(`${folder}/${rgb}`);
    assert.is(data.length, reference.length);
    const differences = data.map((value, i) => Math.abs(value - reference[i]!));
    const most = differences.reduce((a, b) => Math.max(a, b));
    assert.is(most, 0, `${file}: a sample differs by ${most}`);
  }
});

test("a missing file is an error that names it", async () => {
  await rejectsMessage(
    readImage("no-such-folder/cat.png"),
    /Cannot read no-such-folder\/cat\.png: there is no such file/,
  );
});

test.run();
