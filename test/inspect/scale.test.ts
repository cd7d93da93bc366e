import { linearScale, logScale, roundTicks } from "../../src/inspect/scale.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("scales");

const labels = (ticks: readonly { label: string }[]): string[] => ticks.map(({ label }) => label);

test("ticks are round numbers within the range", () => {
  assert.equal(labels(roundTicks([0, 1], 5)), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  assert.equal(labels(roundTicks([-0.0105, 0.0105], 5)), ["−0.010", "−0.005", "0", "0.005", "0.010"]);
  assert.equal(labels(roundTicks([3, 6000], 5)), ["2,000", "4,000", "6,000"]);
  assert.equal(labels(roundTicks([0.3, 0.3000004], 4)).length, 5);
});

test("very large and very small numbers are powers of ten, told apart", () => {
  assert.equal(labels(linearScale([1e-300, 2e-300], 5).ticks).slice(0, 2), ["1e−300", "1.2e−300"]);
  assert.equal(labels(linearScale([-1e300, 1e300], 5).ticks), ["−1e300", "−5e299", "0", "5e299", "1e300"]);
  assert.is(labels(linearScale([0, 4e22], 5).ticks).at(-1), "4e22");
  assert.is(labels(linearScale([0, 4e10], 5).ticks).at(-1), "40,000,000,000");
});

test("linear scales begin and end with round numbers", () => {
  const { place, ticks } = linearScale([1, 97], 5);
  assert.equal(labels(ticks), ["0", "20", "40", "60", "80", "100"]);
  near([place(0), place(25), place(100)], [0, 0.25, 1]);
  assert.equal(labels(linearScale([-1.4, 8.4], 5).ticks), ["−2", "0", "2", "4", "6", "8", "10"]);
  for (const values of [[], [5], [0], [-3], [Number.NaN], [1e-30, 1e30]]) {
    const { place: at, ticks: some } = linearScale(values, 5);
    assert.ok(some.length >= 2 && some.length < 13, `${values}: ${labels(some)}`);
    assert.ok(some.every((tick) => at(tick.at) >= -1e-9 && at(tick.at) <= 1 + 1e-9));
    for (const value of values.filter(Number.isFinite)) assert.ok(at(value) >= 0 && at(value) < 1 + 1e-9);
  }
});

test("logarithmic scales have powers of ten at equal distances", () => {
  const { place, ticks } = logScale([0.001, 0.01, 1000]);
  near([place(0.001), place(1), place(1000)], [0, 0.5, 1]);
  assert.equal(labels(ticks), ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]);
  assert.equal(labels(logScale([3, 40]).ticks), ["2", "5", "10", "20", "50"]);
  assert.is(logScale([0.2], 1).place(0.2), 0);
  assert.ok(logScale([1e-20, 1e20]).ticks.length <= 9);
  assert.is(place(0), 0);
  assert.is(place(-1), 0);
});

test.run();
