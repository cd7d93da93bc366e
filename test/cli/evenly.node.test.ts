import { shares, spread } from "../../src/cli/evenly.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("a part of many things");

test("pictures are taken evenly from all classes, as far as they have any", () => {
  const sizes = [20, 1, 1];
  assert.equal(shares(sizes, 3), [1, 1, 1]);
  assert.equal(shares(sizes, 6), [4, 1, 1]);
  assert.equal(shares(sizes, 100), sizes);
  assert.equal(shares([50, 50, 0], 20), [10, 10, 0]);
  assert.equal(shares([5, 5, 5, 5], 2), [0, 1, 0, 1]);
  assert.equal(shares([], 2), []);
});

test("some of a list are at even distances", () => {
  assert.equal(spread([0, 1, 2, 3, 4, 5], 3), [1, 3, 5]);
  assert.equal(spread([0, 1], 2), [0, 1]);
  assert.equal(spread([], 0), []);
});

test.run();
