import { type Image, prepare } from "../../src/image/index.js";
import { conv2d, flatten, linear, maxPool2d, relu, sequential, Tensor } from "../../src/index.js";
import { type Figure, featureMapFigure, inspectionReport } from "../../src/inspect/index.js";
import { Random } from "../../src/random.js";
import { lenet5 } from "../../src/zoo/index.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("inspection report");

function noise(...shape: number[]): Tensor {
  const random = new Random(4);
  return new Tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
}

const titles = (page: string): string[] => [...page.matchAll(/<h2>([^<]*)</g)].map(([, title]) => title!);
const captions = (page: string): string[] =>
  [...page.matchAll(/<figcaption><b>([^<]*)<\/b>/g)].map(([, name]) => name!);

test("without an input: what the network is and what it has learned", async () => {
  using model = await lenet5();
  const page = await inspectionReport(model, { name: "LeNet-5" });
  assert.match(page, /^<!doctype html>\n<html lang="en">/);
  assert.match(page, /<title>Inside LeNet-5<\/title>/);
  assert.equal(titles(page), ["The network", "How far it sees", "What its filters look for"]);
  assert.match(page, /<dt>Parameters<\/dt><dd>61,706<\/dd>/);
  assert.match(page, /<dt>Input<\/dt><dd>32 × 32 × 1<\/dd>/);
  // The kernels of both convolutions, and the receptive fields as a drawing.
  assert.equal(captions(page), ["0 Conv2d", "3 Conv2d"]);
  assert.match(page, /<svg [^>]*role="img"/);
});

test("with an input: layer by layer to the probabilities, and figures of others", async () => {
  using model = await lenet5({ classes: Array.from({ length: 10 }, (_, i) => `<${i}>`) });
  const input = noise(1, 1, 32, 32);
  const figure: Figure = {
    ...featureMapFigure(noise(1, 3, 4, 4)),
    title: "Why & where",
    text: "An explanation.",
  };
  const page = await inspectionReport(model, { name: "a <b>", input, figures: [figure], footer: "The end." });
  assert.equal(titles(page).slice(3), ["One picture, layer by layer", "Why &amp; where"]);
  assert.match(page, /<p>An explanation\.<\/p>/);
  // The figure's heading is the section's: it is not drawn once more.
  assert.is(page.match(/>Why &amp; where</g)?.length, 2);
  const [best] = await model.classify(input, { top: 1 });
  const sure = `${(100 * best!.probability).toFixed(1)} %`;
  assert.ok(page.includes(`<p>The picture is taken for &lt;${best!.index}&gt;, ${sure}.</p>`));
  assert.is(page.match(/<dt>&lt;\d&gt;<\/dt><dd class="bar">/g)?.length, 10);
  assert.equal(captions(page).slice(2, 5), ["Input", "0 Conv2d", "1 Sigmoid"]);
  assert.not.match(page, /<script|<b>"|https?:(?!\/\/www\.w3\.org\/2000\/svg")|@import|url\(/);
  assert.not.match(page.replace(/base64,[^"]*/g, ""), /NaN|Infinity|undefined|\[object/);
});

test("only the layers that were asked for, with pictures as the model prepares them", async () => {
  const image: Image = {
    width: 40,
    height: 30,
    channels: 3,
    data: new Uint8Array(3600).map((_, i) => i % 251),
  };
  const options = { grayscale: true, size: [32, 32], mean: 0.5, std: 0.5 } as const;
  using model = await lenet5({ prepare: (picture) => prepare(picture as Image, options) });
  const page = await inspectionReport(model, { name: "x", picture: image, layers: ["3"] });
  assert.equal(captions(page).slice(2), ["Input", "3 Conv2d"]);
  await rejectsMessage(
    inspectionReport(model, { name: "x", picture: image, layers: ["conv"] }),
    /there is no layer "conv"\. There are: 0, 1, 2/,
  );
});

test("large maps are shrunk, in means of squares", async () => {
  using model = await sequential([conv2d(2, 1), relu(), maxPool2d(2)]).build([1, 150, 150]);
  const page = await inspectionReport(model, { name: "x", input: noise(1, 1, 150, 150) });
  assert.match(page, /<b>0 Conv2d<\/b>, 150 × 150 × 2, 1\/3 as large/);
  assert.match(page, /<b>2 MaxPool2d<\/b>, 75 × 75 × 2, 1\/2 as large/);
  // No classifier: nothing it could be taken for.
  assert.not.match(page, /Probabilities|taken for/);
});

test("gives the memory back", async () => {
  using model = await sequential([conv2d(4, 3), relu(), flatten(), linear(3)]).build([3, 8, 8]);
  const input = noise(1, 3, 8, 8);
  await inspectionReport(model, { name: "x", input });
  const used = model.runtime.heap.usedBytes;
  for (let i = 0; i < 3; i++) await inspectionReport(model, { name: "x", input });
  assert.is(model.runtime.heap.usedBytes, used);
});

test("wrong calls", async () => {
  using plain = await sequential([conv2d(2, 1)]).build([3, 4, 4]);
  using model = await lenet5();
  const input = noise(1, 1, 32, 32);
  await rejectsMessage(
    inspectionReport(model, { name: "x", input, picture: {} }),
    /a picture or an input, not both/,
  );
  await rejectsMessage(
    inspectionReport(plain, { name: "x", picture: {} }),
    /does not know what to make of pictures/,
  );
  await rejectsMessage(
    inspectionReport(model, { name: "x", input: noise(1, 3, 8, 8) }),
    /the input has shape/,
  );
  await rejectsMessage(
    inspectionReport(model, { name: "x", title: "y" } as { name: string }),
    /unknown option "title"/,
  );
});

test.run();
