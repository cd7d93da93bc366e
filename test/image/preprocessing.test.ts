import {
  decodeImage,
  type Image,
  isPreprocessing,
  type Preprocessing,
  prepare,
  preparedShape,
  preprocessingFor,
} from "../../src/image/index.js";
import { fixture } from "../harness/fixture.js";
import { assert, near, suite, throwsMessage } from "../harness/suite.js";

const test = suite("preprocessing");

const imagenet: Preprocessing = {
  size: [224, 224],
  shorter: 256,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

test("makes of a picture what torchvision makes of it", async () => {
  const image = await decodeImage(await fixture("image/resize/rgb.png"));
  for (const method of ["bilinear", "bicubic"] as const) {
    for (const [shorter, height, width] of [
      [14, 11, 10],
      [9, 9, 9],
      [60, 51, 59],
    ] as const) {
      const name = `prepared-${method}-${shorter}-${height}x${width}`;
      const expected = await decodeImage(await fixture(`image/resize/${name}.png`));
      const { shape, data } = prepare(image, { ...imagenet, size: [height, width], shorter, method });
      assert.equal(shape, [1, 3, height, width], name);
      const values = [0, 1, 2].flatMap((c) =>
        Array.from({ length: height * width }, (_, i) => {
          const [mean, std] = [[0.485, 0.456, 0.406][c]!, [0.229, 0.224, 0.225][c]!];
          return (expected.data[3 * i + c]! / 255 - mean) / std;
        }),
      );
      near(data, values, { atol: 1e-6, rtol: 1e-6 }, name);
    }
  }
});

test("follows the shape of the inputs", () => {
  const at = (shape: number[]) => preprocessingFor(imagenet, shape);
  assert.equal(at([3, 224, 224]), { ...imagenet, grayscale: false });
  assert.equal([at([3, 299, 299])!.shorter, at([3, 299, 299])!.size], [342, [299, 299]]);
  assert.equal([at([3, 112, 224])!.shorter, at([3, 112, 224])!.size], [256, [112, 224]]);
  const grey = at([1, 224, 224])!;
  assert.is(grey.grayscale, true);
  near([grey.mean as number, grey.std as number], [(0.485 + 0.456 + 0.406) / 3, (0.229 + 0.224 + 0.225) / 3]);
  assert.equal([at([4, 224, 224]), at([3, 50]), at([10])], [undefined, undefined, undefined]);
  const digits: Preprocessing = { size: [28, 28], pad: 2, grayscale: true, onBlack: true };
  assert.equal(preparedShape(digits), [1, 32, 32]);
  assert.equal(preprocessingFor(digits, [1, 40, 32])!.size, [36, 28]);
  for (const shape of [
    [3, 299, 299],
    [1, 64, 32],
  ])
    assert.equal(preparedShape(at(shape)!), shape);
});

test("digits: dark on light is inverted, and what is not square gets stripes", () => {
  const bar: Image = { width: 1, height: 3, channels: 1, data: Uint8Array.of(255, 255, 0) };
  const { shape, data } = prepare(bar, { size: [3, 3], grayscale: true, onBlack: true, pad: 1 });
  assert.equal(shape, [1, 1, 5, 5]);
  // The border's mean, inverted, is 85: the stripes to the left and right.
  near(
    [...data].map((value) => Math.round(value * 255)),
    [0, 0, 0, 0, 0, 0, 85, 0, 85, 0, 0, 85, 0, 85, 0, 0, 85, 255, 85, 0, 0, 0, 0, 0, 0],
  );
});

test("the border alone decides whether a picture is inverted, and what the stripes are", () => {
  const onBlack = { size: [4, 4], onBlack: true } as const;
  const rounded = (image: Image, grayscale = true) =>
    [...prepare(image, { ...onBlack, grayscale }).data].map((value) => Math.round(value * 255));
  // The mean of the ten at the border is 55; the two inside are light.
  const rows = [10, 20, 30, 40, 50, 255, 255, 60, 70, 80, 90, 100];
  const wide = (data: number[], channels = 1): Image => ({
    width: 4,
    height: 3,
    channels: channels as 1,
    data: Uint8Array.from(data),
  });
  const stripe = (value: number) => [value, value, value, value];
  assert.equal(rounded(wide(rows)), [...rows, ...stripe(55)]);
  // Light around dark: 255 - 55, inverted again.
  const light = rows.map((value) => 255 - value);
  assert.equal(rounded(wide(light)), [...rows, ...stripe(55)]);
  // A dark border around so much light that the mean of all of it would be light.
  const ring = [0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0].map((value) => (value === 0 ? 120 : value));
  assert.equal(rounded(wide(ring)), [...ring, ...stripe(120)]);
  // Of a picture one pixel wide every pixel counts once: 30 + 60 + 150 over 3.
  const narrow: Image = { width: 1, height: 3, channels: 1, data: Uint8Array.of(30, 60, 150) };
  near(
    prepare(narrow, { ...onBlack, size: [3, 3], grayscale: true }).data.map((value) =>
      Math.round(value * 255),
    ),
    [80, 30, 80, 80, 60, 80, 80, 150, 80],
  );
  // Of colours, the mean of all samples makes stripes of grey: red and blue of each pixel are 9 more and less.
  const coloured = rows.flatMap((value) => [Math.min(255, value + 9), value, Math.max(0, value - 9)]);
  const prepared = rounded(wide(coloured, 3), false);
  assert.equal(
    [0, 1, 2].map((c) => prepared.slice(16 * c + 12, 16 * c + 16)),
    [stripe(55), stripe(55), stripe(55)],
  );
  assert.equal(prepared.slice(0, 4), [19, 29, 39, 49]);
});

test("what cannot be done is an error", () => {
  const image: Image = { width: 1, height: 1, channels: 1, data: new Uint8Array(1) };
  throwsMessage(() => prepare(image, { size: [2, 2], crop: 1 } as never), /prepare: unknown option "crop"/);
  const wrong: [object, RegExp][] = [
    [
      { size: [2] },
      /prepare: size is \[2\]; it must be \[height, width\] or one number for both, each .* 4096\.$/,
    ],
    [{ size: [2, 0] }, /size is \[2,0\]/],
    [{ size: 5000 }, /size is 5000; .* from 1 to 4096/],
    [{}, /size is undefined/],
    [
      { size: [224, 224], shorter: 100 },
      /^prepare: shorter is 100; it must be a whole number from 224, .* to 4096/,
    ],
    [{ size: [2, 2], pad: -1 }, /pad is -1; it must be a whole number from 0 to 4096/],
    [{ size: [2, 2], method: "nearest" }, /method is "nearest"; it must be "bilinear" or "bicubic"/],
    [{ size: [2, 2], grayscale: 1 }, /grayscale is 1; it must be true or false/],
    [{ size: [2, 2], mean: ["1"] }, /mean is \["1"\]; it must be a number, or a list/],
  ];
  for (const [given, message] of wrong) throwsMessage(() => prepare(image, given as never), message);
  assert.equal(prepare(image, { size: 2 }), prepare(image, { size: [2, 2] }));
  throwsMessage(() => prepare(image, { ...imagenet, mean: [1, 2] }), /mean has 2 numbers for 3 channels/);
  for (const no of [
    null,
    3,
    {},
    { size: 5 },
    { size: [5, 5], method: "nearest" },
    { size: [5, 5], mean: ["1"] },
  ])
    assert.is(isPreprocessing(no), false);
});

test.run();
