import fc from "fast-check";
import { assignOffsets, type Lifetime } from "../../src/graph/lifetimes.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("lifetimes");

const lifetimes = fc.array(
  fc
    .tuple(
      fc.nat(40),
      fc.nat(12),
      fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20_000 })),
    )
    .map(([first, steps, bytes]): Lifetime => ({ first, last: first + steps, storage: { name: "", bytes } })),
  { maxLength: 40 },
);

const meet = (a: Lifetime, b: Lifetime) => a.first <= b.last && b.first <= a.last;
const aligned = (bytes: number) => Math.ceil(bytes / 64) * 64;

test("what is alive at the same time never overlaps, and everything lies within the total", () => {
  fc.assert(
    fc.property(lifetimes, fc.constantFrom(0, 64, 256), (list, guard) => {
      const { bytes, offsets } = assignOffsets(list, guard);
      assert.is(offsets.size, list.length);
      list.forEach((a, i) => {
        const begin = offsets.get(a.storage)!;
        assert.is(begin % 64, 0);
        assert.ok(begin >= 0 && begin + a.storage.bytes + guard <= bytes);
        for (const b of list.slice(0, i)) {
          if (guard === 0 && !meet(a, b)) continue;
          const other = offsets.get(b.storage)!;
          const apart = begin + a.storage.bytes + guard <= other || other + b.storage.bytes + guard <= begin;
          assert.ok(apart, `${begin} + ${a.storage.bytes} and ${other} + ${b.storage.bytes}`);
        }
      });
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("the total is at least what is alive at any one time, and at most everything side by side", () => {
  fc.assert(
    fc.property(lifetimes, (list) => {
      const { bytes } = assignOffsets(list);
      const alive = (step: number) =>
        list
          .filter(({ first, last }) => first <= step && step <= last)
          .reduce((sum, { storage }) => sum + storage.bytes, 0);
      const least = Math.max(0, ...list.map(({ first }) => alive(first)));
      const most = list.reduce((sum, { storage }) => sum + aligned(storage.bytes), 0);
      assert.ok(bytes >= least && bytes <= most, `${bytes} is not from ${least} to ${most}`);
    }),
    { numRuns: 300, seed: 2 },
  );
});

test("a chain of layers needs the room of its largest two neighbours", () => {
  const sizes = [640, 1280, 6400, 3200, 320, 3200, 64];
  const chain = sizes.map((bytes, i): Lifetime => ({ first: i, last: i + 1, storage: { name: "", bytes } }));
  assert.is(assignOffsets(chain).bytes, 6400 + 3200);
});

test("what lasts throughout keeps its place to itself", () => {
  const long: Lifetime = { first: -1, last: Number.POSITIVE_INFINITY, storage: { name: "", bytes: 100 } };
  const short = [0, 2, 4].map(
    (first): Lifetime => ({ first, last: first + 1, storage: { name: "", bytes: 100 } }),
  );
  const { bytes, offsets } = assignOffsets([...short, long]);
  assert.is(bytes, 256);
  assert.is(new Set(short.map(({ storage }) => offsets.get(storage))).size, 1);
});

test("nothing needs nothing", () => {
  assert.is(assignOffsets([]).bytes, 0);
});

test.run();
