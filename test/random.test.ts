import { Random } from "../src/random.js";
import { assert, near, suite, throwsMessage } from "./harness/suite.js";

const test = suite("random");

const COUNT = 200_000;

test("the same seed gives the same numbers in every engine, now and later", () => {
  const first = (seed: number) => {
    const random = new Random(seed);
    return [random.next(), random.next(), random.next()];
  };
  assert.equal(first(0), [1529060303, 31561261, 4187358681]);
  assert.equal(first(1), [1303213366, 325028550, 4139779710]);
  assert.equal(first(-1), [1356012427, 1689445420, 1412114413]);
  assert.equal(first(2 ** 40), [1102963304, 346559853, 620183570]);
  const random = new Random(7);
  assert.equal(
    [random.uniform(), random.normal(), random.normal(), random.int(10)],
    [0.5457867980003357, 0.18945604590478496, -1.2981079230008166, 2],
  );
});

test("uniform numbers fill [0, 1) evenly, in steps that float32 holds", () => {
  const random = new Random(1);
  const bins = new Int32Array(16);
  for (let i = 0; i < COUNT; i++) {
    const value = random.uniform();
    assert.ok(value >= 0 && value < 1 && Math.fround(value) === value);
    bins[Math.floor(value * 16)]!++;
  }
  // The deviation of a bin's count is 108.
  for (const bin of bins) assert.ok(Math.abs(bin - COUNT / 16) < 600, `${bins}`);
});

test("normal numbers have the moments of the normal distribution", () => {
  const random = new Random(2);
  const moments = [0, 0, 0, 0];
  let beyondTwo = 0;
  for (let i = 0; i < COUNT; i++) {
    const value = random.normal();
    for (let k = 0; k < 4; k++) moments[k]! += value ** (k + 1) / COUNT;
    if (Math.abs(value) > 2) beyondTwo++;
  }
  near(moments, [0, 1, 0, 3], { atol: 0.05, rtol: 0 });
  near([beyondTwo / COUNT], [0.0455], { atol: 0.003, rtol: 0 });
});

test("int is even where 2^32 is not a multiple", () => {
  const random = new Random(3);
  const bins = new Int32Array(3);
  // The remainder of a draw below 2^32 by this number would hit the lower third twice as often.
  const n = 3 * 2 ** 30;
  for (let i = 0; i < 30_000; i++) bins[Math.floor(random.int(n) / 2 ** 30)]!++;
  for (const bin of bins) assert.ok(Math.abs(bin - 10_000) < 500, `${bins}`);
  assert.is(random.int(1), 0);
  for (const wrong of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN])
    throwsMessage(() => random.int(wrong), /Random\.int: n must be/);
});

test("a permutation holds every number once, and each order comes up", () => {
  const random = new Random(4);
  const order = random.permutation(1000);
  assert.equal(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  assert.equal([...random.permutation(0)], []);
  const orders = new Set(Array.from({ length: 200 }, () => random.permutation(3).join("")));
  assert.is(orders.size, 6);
});

test("a fork depends on seed and key alone", () => {
  const random = new Random(5);
  const before = random.fork(9).next();
  random.next();
  assert.is(random.fork(9).next(), before);
  assert.is(new Random(5).fork(9).next(), before);
  const firsts = new Set(Array.from({ length: 10_000 }, (_, key) => random.fork(key).next()));
  assert.ok(firsts.size > 9_990);
  assert.is.not(random.fork(1).fork(2).next(), random.fork(2).fork(1).next());
});

test("neighbouring seeds have nothing in common", () => {
  let equalBits = 0;
  for (let seed = 0; seed < 1000; seed++) {
    let same = ~(new Random(seed).next() ^ new Random(seed + 1).next());
    for (; same !== 0; same &= same - 1) equalBits++;
  }
  near([equalBits / 32_000], [0.5], { atol: 0.02, rtol: 0 });
});

test("refuses seeds that are not whole numbers", () => {
  for (const seed of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    throwsMessage(() => new Random(seed), /Random: the seed must be a whole number/);
  }
  throwsMessage(() => new Random(1).fork(0.5), /Random\.fork: the key must be a whole number/);
});

test.run();
