import { encodePng, type Image, prepare, readImage, toImage } from "../../src/image/index.js";
import { fixture } from "../harness/fixture.js";
import { assert, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";

const test = suite("pixels of a page");

const picture: Image = {
  width: 3,
  height: 2,
  channels: 4,
  data: Uint8Array.from(
    [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [255, 255, 255],
      [0, 0, 0],
      [10, 200, 30],
    ].flatMap((colour) => [...colour, 255]),
  ),
};

async function onCanvas(): Promise<HTMLCanvasElement> {
  const canvas = Object.assign(document.createElement("canvas"), { width: 3, height: 2 });
  const data = new ImageData(new Uint8ClampedArray(picture.data), 3, 2);
  canvas.getContext("2d")!.putImageData(data, 0, 0);
  return canvas;
}

test("ImageData, canvases, bitmaps, video frames and <img> give their pixels", async () => {
  const canvas = await onCanvas();
  const offscreen = new OffscreenCanvas(3, 2);
  offscreen.getContext("2d")!.drawImage(canvas, 0, 0);
  const frame = new VideoFrame(canvas, { timestamp: 0, alpha: "discard" });
  const element = new Image();
  element.src = URL.createObjectURL(new Blob([await encodePng(picture)], { type: "image/png" }));
  await element.decode();
  // What the page makes of its size does not count.
  element.width = 30;
  const sources = {
    imageData: canvas.getContext("2d")!.getImageData(0, 0, 3, 2),
    canvas,
    offscreen,
    bitmap: await createImageBitmap(canvas),
    frame,
    element,
  };
  for (const [name, source] of Object.entries(sources)) {
    assert.equal(await readImage(source), picture, name);
    const { data } = prepare(source, { size: [2, 2] });
    assert.equal(data, prepare(picture, { size: [2, 2] }).data, name);
  }
  frame.close();
  URL.revokeObjectURL(element.src);
});

test("what has no pixels, or not yet, is an error that says so", async () => {
  throwsMessage(
    () => toImage(new Image()),
    /an? HTMLImageElement has no pixels yet, .*await image\.decode\(\)/,
  );
  throwsMessage(() => toImage(document.createElement("video")), /an? HTMLVideoElement has no pixels yet/);
  throwsMessage(
    () => toImage(document.createElement("p") as never),
    /an? HTMLParagraphElement has no pixels\. It takes/,
  );
  throwsMessage(() => toImage("cat.jpg" as never), /"cat\.jpg" has no pixels.* readImage takes files/);
  const bitmap = await createImageBitmap(await onCanvas());
  bitmap.close();
  await rejectsMessage(readImage(bitmap), /an ImageBitmap has no pixels yet, or none any more/);
});

test("a JPEG that the browser decodes is nearly the one decoded here", async () => {
  const bytes = await fixture("image/420.jpg");
  const ours = await readImage(bytes);
  const browsers = await readImage(await createImageBitmap(new Blob([bytes], { type: "image/jpeg" })));
  for (let i = 0, p = 0; i < ours.data.length; i += 3, p += 4)
    for (let c = 0; c < 3; c++) assert.ok(Math.abs(ours.data[i + c]! - browsers.data[p + c]!) <= 3);
});

test.run();
