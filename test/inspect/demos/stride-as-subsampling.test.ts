import fc from "fast-check";
import { strideAsSubsampling } from "../../../src/inspect/index.js";
import { assert, near, suite, throwsMessage } from "../../harness/suite.js";
import { correlate, holds, matrices, zeros } from "./loops.js";

const test = suite("strideAsSubsampling");

test("holds for any picture, kernel, stride and padding", () => {
  const stride = fc.integer({ min: 1, max: 5 });
  const side = fc.integer({ min: 0, max: 3 });
  holds(
    fc.property(matrices(4, 11), matrices(1, 4), stride, stride, side, side, (x, w, sh, sw, top, right) => {
      const result = strideAsSubsampling(x, w, [sh, sw], { padding: { top, right } });
      const expected = correlate(zeros(x, top, 0, 0, right), w, sh, sw);
      near(result.strided.data, expected.flat());
      assert.equal(result.strided.shape, [expected.length, expected[0]!.length]);
      assert.equal(result.subsampled.shape, result.strided.shape);
      assert.ok(result.largestDifference <= 1e-4, `${result.largestDifference}`);
      // The formulas are true.
      for (const [axis, text] of [result.formulas.height, result.formulas.width].entries()) {
        const [, size, k, p, s, by, out] = /^floor\(\((\d+) - (\d+) \+ (\d+) \+ (\d+)\) \/ (\d+)\) = (\d+)$/
          .exec(text)!
          .map(Number) as number[];
        assert.is(Math.floor((size! - k! + p! + s!) / by!), out!);
        assert.equal([s, out], [by, expected.length && [expected.length, expected[0]!.length][axis]]);
      }
    }),
  );
});

test("the pixels that are kept are marked, where there are not too many", () => {
  const row = [[1, 2, 3, 4, 5]];
  const { figure, strided } = strideAsSubsampling(row, [[1]], [1, 2]);
  assert.equal(strided.toNested(), [[1, 3, 5]]);
  const dense = figure.panels[2]!;
  assert.ok(dense.kind === "picture");
  assert.equal(
    dense.boxes?.map(({ x }) => x),
    [0, 2, 4],
  );
  const large = Array.from({ length: 40 }, (_, y) => Array.from({ length: 40 }, (_x, x) => x * y));
  const crowded = strideAsSubsampling(large, [[1]], 2).figure.panels[2]!;
  assert.ok(crowded.kind === "picture" && crowded.boxes === undefined && crowded.numbers === undefined);
});

test("padding shows what it is told to; errors say what is wrong", () => {
  const { dense } = strideAsSubsampling([[1, 2, 3]], [[1, 0, 0]], 1, {
    padding: [0, 1],
    paddingMode: "circular",
  });
  assert.equal(dense.toNested(), [[3, 1, 2]]);
  throwsMessage(() => strideAsSubsampling([[1]], [[1]], 0), /strideAsSubsampling: stride is 0/);
  throwsMessage(() => strideAsSubsampling([[1]], [[1, 2]], 1), /more than the 1x1 of the padded input/);
  throwsMessage(
    () => strideAsSubsampling([[1]], [[1]], 1, { paddding: 1 } as never),
    /unknown option "paddding"/,
  );
});

test.run();
