import fc from "fast-check";
import { figureSvg, polynomialProduct } from "../../../src/inspect/index.js";
import { assert, near, suite, throwsMessage } from "../../harness/suite.js";
import { holds, ints } from "./loops.js";

const test = suite("polynomialProduct");

test("the lecture's example, with its terms and its title", () => {
  const { product, terms, figure, largestDifference } = polynomialProduct([1, 2], [2, -1, 2]);
  assert.equal(product, [2, 3, 0, 4]);
  assert.equal(terms, [
    [[0, 0]],
    [
      [0, 1],
      [1, 0],
    ],
    [
      [0, 2],
      [1, 1],
    ],
    [[1, 2]],
  ]);
  assert.is(largestDifference, 0);
  assert.is(figure.title, "(1 + 2x) (2 − x + 2x²) = 2 + 3x + 4x³");
  const table = figure.panels.find(({ kind }) => kind === "table");
  assert.ok(table?.kind === "table");
  assert.equal(table.rows[1], ["x", "a0·b1 + a1·b0", "1·(−1) + 2·2", "3"]);
});

test("evaluated anywhere, the product is the product of the values", () => {
  const valueAt = (coefficients: readonly number[], x: number) =>
    coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
  holds(
    fc.property(ints(1, 7), ints(1, 7), (a, b) => {
      const { product, largestDifference, terms } = polynomialProduct(a, b);
      for (const x of [-1.5, 0.3, 1]) near([valueAt(product, x)], [valueAt(a, x) * valueAt(b, x)]);
      assert.is(largestDifference, 0);
      assert.is(terms.flat().length, a.length * b.length);
      assert.ok(terms.every((pairs, power) => pairs.every(([i, j]) => i + j === power)));
    }),
  );
});

test("the sliding picture: each row times the first, added up, is a coefficient", () => {
  holds(
    fc.property(ints(1, 5), ints(1, 5), (a, b) => {
      const { product, figure } = polynomialProduct(a, b);
      const panel = figure.panels[1]!;
      assert.ok(panel.kind === "picture" && panel.numbers);
      const { width, height } = panel.image;
      assert.equal([width, height], [a.length + 2 * (b.length - 1), product.length + 1]);
      const numbers = Array.from(panel.numbers, (value) => (Number.isNaN(value) ? 0 : value));
      const sums = product.map((_, p) => {
        let sum = 0;
        for (let x = 0; x < width; x++) sum += numbers[x]! * numbers[(p + 1) * width + x]!;
        return sum + 0;
      });
      assert.equal(sums, product);
    }),
  );
});

test("drawn, cells that b does not lie over are empty", async () => {
  const svg = await figureSvg(polynomialProduct([1, 2], [2, -1, 2]).figure);
  assert.match(svg, />−1</);
  assert.not.match(svg, /NaN/);
});

test("errors say what is wrong", () => {
  throwsMessage(
    () => polynomialProduct([], [1]),
    /polynomialProduct: a has shape \[0\]; .* at least one number/,
  );
  throwsMessage(() => polynomialProduct([1], [[1]]), /polynomialProduct: b has shape \[1, 1\]/);
  throwsMessage(() => polynomialProduct(3, [1]), /polynomialProduct: a is 3; it must be a list of numbers/);
  throwsMessage(() => polynomialProduct([Number.NaN], [1]), /holds NaN; it must hold finite numbers/);
});

test.run();
