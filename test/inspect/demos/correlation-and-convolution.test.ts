import fc from "fast-check";
import { correlationAndConvolution } from "../../../src/inspect/index.js";
import { assert, near, suite, throwsMessage } from "../../harness/suite.js";
import { correlate, holds, matrices, turned, zeros } from "./loops.js";

const test = suite("correlationAndConvolution");

test("both by their definitions, for any picture and kernel", () => {
  holds(
    fc.property(matrices(3, 9), matrices(1, 4), (x, w) => {
      const result = correlationAndConvolution(x, w);
      const [h, v] = [w.length - 1, w[0]!.length - 1];
      const padded = zeros(x, Math.floor(h / 2), Math.floor(v / 2), Math.ceil(h / 2), Math.ceil(v / 2));
      near(result.correlation.data, correlate(padded, w).flat());
      near(result.convolution.data, correlate(padded, turned(w)).flat());
      assert.equal(result.turned.toNested(), turned(w));
      const apart = correlate(padded, w)
        .flat()
        .map((y, i) => Math.abs(y - correlate(padded, turned(w)).flat()[i]!));
      near([result.largestDifference], [Math.max(...apart)]);
    }),
  );
});

test("a kernel that looks the same turned around gives the same; the figure says so", () => {
  const x = [
    [1, 2, 3],
    [4, 9, 6],
    [7, 8, 9],
  ];
  const same = correlationAndConvolution(x, [[1, 2, 1]]);
  assert.is(same.largestDifference, 0);
  assert.match(same.figure.text!, /both give the same/);
  const other = correlationAndConvolution(x, [[1, 0, -1]]);
  assert.match(other.figure.text!, /differ by up to 18\./);
  assert.equal(
    other.figure.panels.map(({ kind }) => kind),
    Array(6).fill("picture"),
  );
});

test("pictures are images, tensors or arrays of one channel", () => {
  const image = { width: 2, height: 1, channels: 3 as const, data: Uint8Array.of(255, 255, 255, 0, 0, 0) };
  near(correlationAndConvolution(image, [[2]]).correlation.data, [2, 0]);
  throwsMessage(
    () => correlationAndConvolution([1, 2], [[1]]),
    /correlationAndConvolution: the picture has shape \[2\]; it must be one channel/,
  );
  throwsMessage(() => correlationAndConvolution([[1]], [1]), /the kernel has shape \[1\]/);
  throwsMessage(
    () => correlationAndConvolution("cat.png" as never, [[1]]),
    /the picture is "cat\.png"; it must be an image, a Tensor or nested arrays/,
  );
});

test.run();
