// Functions that change shapes, on numbers by hand.

import * as F from "featuremap/functional";
import { assert, near, suite, throwsMessage } from "../harness/suite.js";

const test = suite("functions that change shapes");

test("transposed convolutions", () => {
  const blocks = [
    [1, 1, 2, 2],
    [1, 1, 2, 2],
    [3, 3, 4, 4],
    [3, 3, 4, 4],
  ];
  const image = [
    [1, 2],
    [3, 4],
  ];
  const ones = [
    [1, 1],
    [1, 1],
  ];
  assert.equal(F.convTranspose2d(image, ones, { stride: 2 }).toNested(), blocks);
  // The product of two polynomials.
  assert.equal(F.convTranspose1d([1, 2], [2, -1, 2]).toNested(), [2, 3, 0, 4]);
  assert.equal(F.convTranspose1d([1, 2], [2, -1, 2], { padding: 1, bias: [10] }).toNested(), [13, 10]);
  throwsMessage(
    () => F.convTranspose1d([1, 2], [2, -1, 2], { outputPadding: 1 }),
    /^convTranspose1d: outputPadding is 1/,
  );
});

test("resizing", () => {
  assert.equal(F.upsample([[1, 2]], { scale: 2 }).toNested(), [
    [1, 1, 2, 2],
    [1, 1, 2, 2],
  ]);
  const line = F.upsample([[0, 1]], { size: [1, 4], mode: "bilinear" });
  assert.equal(line.toNested(), [[0, 0.25, 0.75, 1]]);
  const even = F.upsample([[0, 3]], { size: [1, 4], mode: "bilinear", alignCorners: true });
  near(even.data, [0, 1, 2, 3]);
  const channels = F.tensor([1, 2, 3, 4], [1, 4, 1, 1]);
  const shuffled = F.pixelShuffle(channels, 2);
  assert.equal(shuffled.toNested(), [
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ]);
  assert.equal(F.pixelUnshuffle(shuffled, 2), channels);
});

test("matrices", () => {
  const a = [
    [1, 2],
    [3, 4],
  ];
  assert.equal(F.matmul(a, [5, 6]).toNested(), [17, 39]);
  assert.equal(
    F.matmul([a, a], a).toNested(),
    Array(2).fill([
      [7, 10],
      [15, 22],
    ]),
  );
  assert.equal(F.transpose([[1, 2, 3]]).toNested(), [[1], [2], [3]]);
  assert.equal(F.transpose(F.tensor([1, 2, 3, 4], [2, 1, 2]), [1, 0, 2]).shape, [1, 2, 2]);
});

test("pooling to a size, and normalisation of each image", () => {
  const image = [
    [1, 2, 3],
    [6, 5, 4],
  ];
  assert.equal(F.globalMaxPool2d(image).toNested(), [[6]]);
  assert.equal(F.adaptiveMaxPool2d(image, [1, 2]).toNested(), [[6, 5]]);
  near(F.instanceNorm(F.tensor([1, 3, 10, 30], [1, 2, 2]), { eps: 0 }).data, [-1, 1, -1, 1]);
  const scaled = F.instanceNorm(F.tensor([1, 3], [1, 1, 2]), { eps: 0, weight: [2], bias: [5] });
  near(scaled.data, [3, 7]);
});
test.run();
