import { format, parseNumber } from "../../playground/parts/format.js";
import { edited, kernelOf, presets, resized, SIZES } from "../../playground/rooms/convolution/kernels.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("the playground's kernels");

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test("every kernel of every size keeps brightness, or answers to nothing even", () => {
  const keeps = ["identity", "box", "gaussian", "sharpen", "emboss"];
  for (const size of SIZES) {
    for (const [name] of presets(size)) {
      const { cells, divisor } = kernelOf(name, size);
      assert.is(cells.length, size * size);
      if (name !== "random")
        near([sum(cells) / divisor], [keeps.includes(name) ? 1 : 0], {}, `${name} ${size}`);
    }
  }
  assert.equal(
    presets(1).map(([name]) => name),
    ["identity", "random"],
  );
});

test("differences answer to a slope by its steepness, smoothing does not", () => {
  for (const size of [3, 5, 7]) {
    const along = (
      name: "sobelX" | "sobelY" | "laplacian" | "gaussian",
      of: (y: number, x: number) => number,
    ) => {
      const { cells, divisor } = kernelOf(name, size);
      const middle = (size - 1) / 2;
      return (
        sum(cells.map((cell, i) => cell * of(Math.floor(i / size) - middle, (i % size) - middle))) / divisor
      );
    };
    assert.ok(along("sobelX", (_, x) => x) > 0 && along("sobelY", (y) => y) > 0);
    near(
      [along("sobelX", (y) => y), along("sobelY", (_, x) => x), along("gaussian", (y, x) => y + x)],
      [0, 0, 0],
    );
    near([along("laplacian", (y, x) => 3 * y - x)], [0]);
    assert.ok(along("laplacian", (y, x) => y * y + x * x) > 0);
  }
  assert.equal(kernelOf("sobelX", 3).cells, [-1, 0, 1, -2, 0, 2, -1, 0, 1]);
  assert.equal(kernelOf("sobelY", 3).cells, [-1, -2, -1, 0, 0, 0, 1, 2, 1]);
});

test("another size makes a named kernel anew and keeps the middle of one's own", () => {
  assert.equal(resized(kernelOf("gaussian", 3), 5), kernelOf("gaussian", 5));
  const own = edited(kernelOf("identity", 3), 5, 7);
  assert.is(own.from, "own");
  assert.equal(resized(own, 1).cells, [1]);
  const large = resized(own, 5).cells;
  assert.equal([large[12], large[13], sum(large)], [1, 7, 8]);
  assert.equal(resized(resized(own, 7), 3).cells, own.cells);
});

test("numbers as typed and as shown", () => {
  const typed = ["3", " -0.5 ", "−2", ".25", "1/9", "-1 / 4", "+7", "1,5"];
  assert.equal(typed.map(parseNumber), [3, -0.5, -2, 0.25, 1 / 9, -0.25, 7, 1.5]);
  for (const wrong of ["", "-", "x", "1/0", "1e99", "1//2", "2 3", "9999999"]) {
    assert.is(parseNumber(wrong), undefined, wrong);
  }
  const shown = [100, -2, 0.126, -0.001, 1200.5, 0].map((value) => format(value));
  assert.equal(shown, ["100", "−2", "0.13", "0", "1200.5", "0"]);
  assert.equal([format(120, 0), format(-0.4, 0)], ["120", "0"]);
});

test.run();
