import fc from "fast-check";
import { equivariantLinearMap } from "../../../src/inspect/index.js";
import { assert, suite, throwsMessage } from "../../harness/suite.js";
import { holds, ints } from "./loops.js";

const test = suite("equivariantLinearMap");

const odd = fc.integer({ min: 0, max: 3 }).chain((half) => ints(2 * half + 1));

test("the circulant matrix, and it commutes with shifts", () => {
  holds(
    fc.property(odd, fc.integer({ min: 0, max: 6 }), (kernel, more) => {
      const n = kernel.length + more;
      const { matrix, shiftError, parameters } = equivariantLinearMap(n, kernel);
      const reach = (kernel.length - 1) / 2;
      const expected = Array.from({ length: n }, () => Array<number>(n).fill(0));
      for (let i = 0; i < n; i++)
        for (const [t, weight] of kernel.entries()) expected[i]![(i + t - reach + n) % n]! += weight;
      assert.equal(
        [...matrix.data].map((v) => v + 0),
        expected.flat().map((v) => v + 0),
      );
      assert.is(shiftError, 0);
      assert.equal(parameters, { full: n * n, local: n * kernel.length, shared: kernel.length });
    }),
  );
});

test("with zeros beyond the ends: a Toeplitz matrix, which the ring's shift finds out", () => {
  const { matrix, shiftError, figure } = equivariantLinearMap(4, [1, 2, 3], { padding: "zeros" });
  assert.equal(matrix.toNested(), [
    [2, 3, 0, 0],
    [1, 2, 3, 0],
    [0, 1, 2, 3],
    [0, 0, 1, 2],
  ]);
  // M S - S M: in the corners what should have come from the other end.
  assert.is(shiftError, 3);
  assert.match(figure.panels[2]!.caption!, /Toeplitz/);
  assert.match(figure.panels[3]!.caption!, /differs by up to 3/);
});

test("the pictures have as many colours as parameters", () => {
  const { figure } = equivariantLinearMap(6, [1, 2, 3]);
  const colours = figure.panels.slice(0, 3).map((panel) => {
    assert.ok(panel.kind === "picture");
    const { data } = panel.image;
    const found = new Set<string>();
    for (let i = 0; i < data.length; i += 3) found.add([...data.subarray(i, i + 3)].join());
    found.delete("255,255,255");
    return found.size;
  });
  assert.equal(colours, [36, 18, 3]);
});

test("errors say what is wrong", () => {
  throwsMessage(
    () => equivariantLinearMap(4, [1, 2]),
    /the kernel has 2 numbers; it must have an odd number/,
  );
  throwsMessage(() => equivariantLinearMap(2, [1, 2, 3]), /at most n = 2/);
  throwsMessage(() => equivariantLinearMap(0, [1]), /equivariantLinearMap: n is 0/);
  throwsMessage(
    () => equivariantLinearMap(1e5, [1]),
    /n is 100000; it must be a whole number from 1 to 1024/,
  );
  throwsMessage(() => equivariantLinearMap(3, [1], { padding: "reflect" as never }), /padding is "reflect"/);
});

test.run();
