import {
  centerCrop,
  crop,
  decodeImage,
  encodePng,
  fromImageData,
  type Image,
  pad,
  readImage,
  resize,
  resizeToFill,
  toGray,
  toImageData,
  toRgb,
  toTensor,
} from "../../src/image/index.js";
import { Random } from "../../src/random.js";
import { assert, near, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";

const test = suite("image");

const grey = (width: number, height: number, data: number[]): Image => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from(data),
});
const numbered = (width: number, height: number): Image =>
  grey(
    width,
    height,
    Array.from({ length: width * height }, (_, i) => i),
  );

test("crops and pads", () => {
  assert.equal([...crop(numbered(4, 3), 1, 1, 2, 2).data], [5, 6, 9, 10]);
  assert.equal([...pad(grey(1, 1, [7]), { left: 1, bottom: 1 }, 3).data], [3, 7, 3, 3]);
  assert.equal([...pad(grey(1, 1, [7]), 1).data], [0, 0, 0, 0, 7, 0, 0, 0, 0]);
  const colour: Image = { width: 1, height: 1, channels: 3, data: Uint8Array.from([1, 2, 3]) };
  assert.equal([...pad(colour, { right: 1 }, [9, 8, 7]).data], [1, 2, 3, 9, 8, 7]);
  throwsMessage(
    () => crop(numbered(4, 3), 3, 0, 2, 2),
    /2 x 2 pixels at \(3, 0\) are not within a picture of 4 x 3/,
  );
  throwsMessage(() => pad(colour, -1), /must be whole numbers of 0 or more/);
  throwsMessage(() => pad(colour, 1, [1]), /a colour of 1 numbers for a picture of 3 channels/);
});

test("crops the centre where torchvision does: half a pixel goes to the even side", () => {
  assert.equal([...centerCrop(numbered(5, 1), 2, 1).data], [2, 3]); // offset round(1.5) = 2
  assert.equal([...centerCrop(numbered(7, 1), 2, 1).data], [2, 3]); // offset round(2.5) = 2
  assert.equal([...centerCrop(numbered(6, 1), 2, 1).data], [2, 3]);
  throwsMessage(
    () => centerCrop(numbered(5, 1), 6, 1),
    /cannot cut 6 x 1 pixels out of 5 x 1\. Resize or pad/,
  );
});

test("fills a size without distortion", () => {
  const filled = resizeToFill(numbered(10, 4), { width: 3, height: 2 });
  assert.equal([filled.width, filled.height], [3, 2]);
  const wide = resizeToFill(numbered(10, 4), { width: 8, height: 2 });
  assert.equal([wide.width, wide.height], [8, 2]);
  const margin = resizeToFill(numbered(10, 4), { width: 4, height: 4, shorter: 6 });
  assert.equal([margin.width, margin.height], [4, 4]);
});

test("what fills a size is the middle of the whole picture in another size", () => {
  const random = new Random(3);
  for (const channels of [1, 3, 4] as const) {
    const [width, height] = [37, 23];
    const data = Uint8Array.from({ length: width * height * channels }, () => random.next());
    const image: Image = { width, height, channels, data };
    for (const method of ["bilinear", "bicubic", "nearest"] as const) {
      for (const shorter of [11, 23, 40]) {
        const side = (length: number): number => Math.trunc((length * shorter) / height);
        const whole = resize(image, { width: side(width), height: side(height), method });
        const filled = resizeToFill(image, { width: 11, height: 9, shorter, method });
        assert.equal(filled, centerCrop(whole, 11, 9), `${channels} channels, ${method}, ${shorter}`);
      }
    }
  }
});

test("converts between grey, colour and opacity", () => {
  const pixels: Image = {
    width: 3,
    height: 1,
    channels: 4,
    data: Uint8Array.from([255, 0, 0, 255, 0, 0, 255, 0, 100, 100, 100, 51]),
  };
  assert.equal([...toRgb(pixels).data], [255, 0, 0, 255, 255, 255, 224, 224, 224]);
  assert.equal([...toRgb(pixels, [0, 0, 0]).data], [255, 0, 0, 0, 0, 0, 20, 20, 20]);
  assert.equal([...toRgb(pixels, null).data], [255, 0, 0, 0, 0, 255, 100, 100, 100]);
  assert.equal([...toGray(pixels, null).data], [76, 29, 100]);
  assert.equal([...toRgb(grey(1, 1, [9])).data], [9, 9, 9]);
});

test("shares pixels with a canvas", () => {
  const data = Uint8ClampedArray.from([1, 2, 3, 4]);
  const image = fromImageData({ width: 1, height: 1, data });
  assert.is(image.data.buffer, data.buffer);
  assert.equal([...toImageData(image).data], [1, 2, 3, 4]);
  assert.equal([...toImageData(grey(2, 1, [5, 6])).data], [5, 5, 5, 255, 6, 6, 6, 255]);
  throwsMessage(() => fromImageData({ width: 2, height: 1, data }), /4 samples do not fill 2 x 1/);
});

test("becomes network input: channels apart, normalised", () => {
  const image: Image = {
    width: 2,
    height: 1,
    channels: 3,
    data: Uint8Array.from([0, 51, 255, 102, 153, 204]),
  };
  const { shape, data } = toTensor(image, { mean: [0.1, 0.2, 0.3], std: [1, 2, 4] });
  assert.equal(shape, [1, 3, 1, 2]);
  near(data, [-0.1, 0.3, 0, 0.2, 0.175, 0.125], { atol: 1e-7, rtol: 1e-6 });
  assert.equal(toTensor(image).shape, [1, 3, 1, 2]);
  assert.equal(toTensor(image, { grayscale: true }).shape, [1, 1, 1, 2]);
  assert.equal(toTensor(grey(2, 1, [0, 255])).shape, [1, 1, 1, 2]);
  assert.equal([...toTensor(grey(2, 1, [0, 255]), { grayscale: false }).data], [0, 1, 0, 1, 0, 1]);
  throwsMessage(() => toTensor(image, { mean: [1] }), /toTensor: mean has 1 numbers for 3 channels/);
  throwsMessage(() => toTensor(image, { std: 0 }), /std is 0; it must be a number above 0/);
});

test("is read from bytes, buffers, blobs and addresses", async () => {
  const image = numbered(5, 3);
  const bytes = await encodePng(image);
  const blob = new Blob([bytes], { type: "image/png" });
  const url = URL.createObjectURL(blob);
  const dataUrl = `data:image/png;base64,${btoa(String.fromCharCode(...bytes))}`;
  for (const source of [bytes, bytes.buffer, blob, url, new URL(url), dataUrl]) {
    assert.equal(await readImage(source), image);
  }
  URL.revokeObjectURL(url);
  await rejectsMessage(readImage(url), /Cannot fetch blob:/);
  await rejectsMessage(readImage(bytes, { maxPixels: 14 }), /image: 5 x 3 pixels are over the limit of 14/);
});

test("names what a file is when it is not a picture known here", async () => {
  const text = (string: string) => new TextEncoder().encode(string);
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /x: the file is empty\. PNG and JPEG pictures can be decoded/],
    [text("GIF89a"), /this is a GIF picture/],
    [text("RIFF....WEBP"), /this is a WebP picture/],
    [text("....ftypavif"), /this is an AVIF or HEIC picture/],
    [text("<!doctype html>"), /this is HTML or XML text, perhaps an error page/],
    [Uint8Array.from([0, 1, 2, 250]), /it begins with the bytes 00 01 02 fa/],
  ];
  for (const [bytes, pattern] of cases) await rejectsMessage(() => decodeImage(bytes, "x"), pattern);
  await rejectsMessage(
    () => decodeImage(new Uint8Array(0), "x", { maxPixel: 1 } as never),
    /unknown option "maxPixel"/,
  );
  await rejectsMessage(
    () => decodeImage(new Uint8Array(0), "x", { maxPixels: Number.NaN }),
    /maxPixels must be 1 or more/,
  );
});

test.run();
