import { type Image, prepare, resizeToFill } from "../../../src/image/index.js";
import { conv2d, flatten, globalAvgPool2d, sequential } from "../../../src/index.js";
import { resizeMap } from "../../../src/inspect/explain/resize-map.js";
import type { PicturePanel } from "../../../src/inspect/figure/figure.js";
import {
  explanationFigure,
  figureImage,
  figureSvg,
  gradCam,
  heatMap,
  inputImage,
  integratedGradients,
  occlusion,
  overlay,
  saliency,
} from "../../../src/inspect/index.js";
import type { BuildOptions, Model } from "../../../src/layers/model.js";
import { Tensor, tensor } from "../../../src/tensor.js";
import { assert, near, rejectsMessage, suite, throwsMessage } from "../../harness/suite.js";
import { noise } from "./problems.js";

const test = suite("pictures of explanations");

/** Seeded samples. */
function photograph(width: number, height: number, channels: 1 | 3 | 4 = 3): Image {
  const { data } = noise([height, width, channels], 4);
  return { width, height, channels, data: Uint8Array.from(data, (value) => 128 + 40 * value) };
}

const classifier = (channels: number, preparing: BuildOptions["prepare"]): Promise<Model> =>
  sequential([conv2d(4, 3), globalAvgPool2d(), flatten()]).build([channels, 20, 24], {
    classes: ["cat", "dog", "bird", "fish"],
    ...(preparing && { prepare: preparing }),
  });

const means = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

test("what the network saw is the middle of the picture, to the bit", async () => {
  const preprocessing = { size: [20, 24], shorter: 26, ...means } as const;
  using model = await classifier(3, (image) => prepare(image as Image, preprocessing));
  const image = photograph(61, 50);
  const expected = resizeToFill(image, { width: 24, height: 20, shorter: 26 });
  const seen = await inputImage(model, image);
  assert.equal([seen.width, seen.height, seen.channels], [24, 20, 3]);
  assert.equal([...seen.data], [...expected.data]);
  const again = await inputImage(model, prepare(image, preprocessing));
  assert.equal([...again.data], [...expected.data]);
});

test("so it is of what is grey, on black, in another order of colours, or in other units", async () => {
  const image = photograph(24, 20);
  const gray = { size: [20, 24], grayscale: true, mean: 0.1307, std: 0.3081, onBlack: true } as const;
  using digits = await classifier(1, (picture) => prepare(picture as Image, gray));
  const dark = { ...image, data: image.data.map((value) => value / 3) };
  const seen = await inputImage(digits, dark);
  assert.is(seen.channels, 1);
  const plain = prepare(dark, { size: [20, 24], grayscale: true });
  near(
    seen.data,
    plain.data.map((value) => Math.round(255 * value)),
    { atol: 0, rtol: 0 },
  );

  // Blue first, 0 to 255 less means, as Caffe has it.
  const caffe = (picture: object): Tensor => {
    const { data } = picture as Image;
    const area = 20 * 24;
    const values = Float32Array.from(
      { length: 3 * area },
      (_, i) => data[(i % area) * 3 + 2 - Math.floor(i / area)]! - [104, 117, 123][Math.floor(i / area)]!,
    );
    return new Tensor(values, [1, 3, 20, 24]);
  };
  using blue = await classifier(3, caffe);
  assert.equal([...(await inputImage(blue, image)).data], [...image.data]);
});

test("without a prepare, from the least number to the largest", async () => {
  using model = await classifier(1, undefined);
  const input = noise([1, 20, 24]);
  const [least, most] = [Math.min(...input.data), Math.max(...input.data)];
  const expected = Array.from(input.data, (value) => Math.round((255 * (value - least)) / (most - least)));
  near((await inputImage(model, input)).data, expected, { atol: 1, rtol: 0 });
  // Nor where its prepare makes the same of everything.
  using same = await classifier(1, () => input.reshape(1, 1, 20, 24));
  near((await inputImage(same, input)).data, expected, { atol: 1, rtol: 0 });
  using five = await classifier(5, undefined);
  await rejectsMessage(inputImage(five, noise([5, 20, 24])), /is no picture; it must have 1 or 3 channels/);
});

test("black is what prepare makes of it: a baseline, and what hides", async () => {
  const preprocessing = { size: [20, 24], ...means } as const;
  using model = await classifier(3, (image) => prepare(image as Image, preprocessing));
  const image = photograph(24, 20);
  const black = prepare({ ...image, data: new Uint8Array(image.data.length) }, preprocessing);
  const { data } = await model.predict(black);
  const explained = await integratedGradients(model, image, { class: 1, steps: 2 });
  near([explained.baselineScore], [data[1]!], { atol: 1e-5 });
  const hidden = await occlusion(model, image, { class: 1, fill: "black", patch: [20, 24] });
  near(hidden.drops.data, [hidden.score - data[1]!], { atol: 1e-5 });
});

test("a map in another size, by torch's numbers", () => {
  // F.interpolate(torch.arange(6.).reshape(1, 1, 2, 3), (4, 5), mode="bilinear"), and back to (1, 2).
  const map = tensor([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  const rows = [0, 0.4, 1, 1.6, 2];
  const expected = [0, 0.75, 2.25, 3].flatMap((down) => rows.map((across) => down + across));
  near(resizeMap(map, 4, 5).data, expected, { atol: 1e-6 });
  near(resizeMap(map, 1, 2).data, [1.75, 3.25], { atol: 1e-6 });
});

test("a heat map: black for 0, light for the most, the picture as large as it is told", () => {
  const map = tensor([
    [0, 1],
    [2, 4],
  ]);
  const image = heatMap(map, { scale: 2 });
  assert.equal([image.width, image.height, image.channels], [4, 4, 3]);
  const at = (x: number, y: number) => [...image.data.subarray((y * 4 + x) * 3, (y * 4 + x) * 3 + 3)];
  assert.equal(
    [at(0, 0), at(1, 1)],
    [
      [0, 0, 4],
      [0, 0, 4],
    ],
  );
  assert.equal(at(3, 3), [252, 255, 164]);
  // The middle of the colours, #bc3754, for half of the way.
  assert.equal(at(1, 2), [188, 55, 84]);
  const signed = heatMap(tensor([[-1, 0, 2]]));
  // As far below zero as above: half as blue as red, and white between.
  assert.equal([...signed.data.subarray(3)], [247, 247, 247, 103, 0, 31]);
  assert.equal([...signed.data.subarray(0, 3)], [107, 172, 209]);
  assert.equal([...heatMap(tensor([[0, 0]])).data], [0, 0, 4, 0, 0, 4]);
  const gray = heatMap(tensor([[0, 5, 10, 20]]), { colors: "gray", range: [0, 10] });
  assert.equal(
    [...gray.data].filter((_, i) => i % 3 === 0),
    [0, 128, 255, 255],
  );
});

test("the colours are not spent on the strongest pixel of a hundred", () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => (i < 9 ? 1000 : 1));
  const map = new Tensor(values, [10, 100]);
  const { data } = heatMap(map);
  assert.equal([...data.subarray(30, 33)], [252, 255, 164]);
});

test("an overlay shows the picture where there is nothing, and the colour where there is most", () => {
  const image = photograph(2, 1);
  const map = tensor([[0, 1]]);
  const { data } = overlay(image, map, { opacity: 1, grayscale: false });
  assert.equal([...data.subarray(3)], [252, 255, 164]);
  // Behind a veil of 40 % of the colour for nothing.
  const expected = [0, 0, 4].map((color, c) => Math.round(0.6 * image.data[c]! + 0.4 * color));
  assert.equal([...data.subarray(0, 3)], expected);
  const none = overlay(image, map, { opacity: 0, grayscale: false });
  assert.equal([...none.data], [...image.data]);
  const gray = overlay(image, map, { opacity: 0 });
  assert.is(gray.data[0], gray.data[1]);
  // Stretched over a larger picture, and over one with opacity.
  const large = overlay(photograph(8, 6, 4), map);
  assert.equal([large.width, large.height, large.channels, large.data.length], [8, 6, 3, 144]);
});

test("a figure: what was seen, each explanation, what it means", async () => {
  const preprocessing = { size: [20, 24], ...means } as const;
  using model = await classifier(3, (image) => prepare(image as Image, preprocessing));
  const image = photograph(50, 40);
  const cam = await gradCam(model, image, { class: "dog" });
  const map = await saliency(model, image, { class: "dog" });
  const figure = await explanationFigure(model, image, [cam, map]);
  assert.match(figure.title, "dog");
  assert.match(figure.text!, /probability of \d+\.\d %.*score before softmax is/);
  const [seen, first, second] = figure.panels as PicturePanel[];
  assert.equal([...seen!.image.data], [...(await inputImage(model, image)).data]);
  assert.equal([first!.title, second!.title], ["Grad-CAM", "Saliency"]);
  assert.is(first!.caption, cam.text);
  assert.equal([...first!.image.data], [...overlay(seen!.image, cam.map).data]);
  assert.is(first!.scale!.label, cam.unit);
  assert.is(second!.scale!.map, "inferno");
  // The renderers take it.
  assert.match(await figureSvg(figure), "Grad-CAM");
  assert.ok(figureImage(figure).width > 100);

  const other = await gradCam(model, image, { class: "cat" });
  const both = await explanationFigure(model, image, [cam, other], { title: "Two", colors: "viridis" });
  assert.is(both.title, "Two");
  const panels = both.panels as PicturePanel[];
  assert.match(panels[1]!.title, /Grad-CAM: .dog./);
  assert.match(panels[2]!.title, /Grad-CAM: .cat./);
  assert.is(panels[2]!.scale!.map, "viridis");
  const alone = await explanationFigure(model, image, cam);
  assert.is(alone.panels.length, 2);
});

test("errors", async () => {
  const image = photograph(2, 1);
  throwsMessage(
    () => heatMap(noise([1, 2, 2])),
    /heatMap: the map has shape \[1, 2, 2\]; it must be \[h, w\]/,
  );
  throwsMessage(
    () => heatMap(tensor([[1]]), { colors: "jet" as never }),
    /unknown colors "jet"\. It takes: vir/,
  );
  throwsMessage(() => heatMap(tensor([[1]]), { scale: 0 }), /heatMap: scale is 0/);
  throwsMessage(
    () => heatMap(tensor([[1]]), { range: [0] as never }),
    /range is \[0\]; it must be two numbers/,
  );
  throwsMessage(() => overlay(image, tensor([[1]]), { opacity: 2 }), /overlay: opacity is 2/);
  throwsMessage(() => overlay(image, tensor([[1]]), { alpha: 1 } as object), /unknown option "alpha"/);
  using model = await classifier(1, undefined);
  const cam = await gradCam(model, noise([1, 20, 24]));
  await rejectsMessage(
    explanationFigure(model, noise([1, 20, 24]), []),
    /third argument is \[\]; it must be an/,
  );
  await rejectsMessage(
    explanationFigure(model, noise([1, 20, 22]), cam),
    /the map of Grad-CAM has shape \[20, 24\], the input \[20, 22\]\. Give the input that was explained/,
  );
});

test.run();
