import fc from "fast-check";
import { convolutionArithmetic, figureImage } from "../../../src/inspect/index.js";
import { assert, suite, throwsMessage } from "../../harness/suite.js";
import { holds } from "./loops.js";

const test = suite("convolutionArithmetic");

test("places and sizes by the definition", () => {
  const upTo = (max: number, min = 1) => fc.integer({ min, max });
  holds(
    fc.property(
      upTo(14),
      upTo(5),
      upTo(4),
      upTo(3, 0),
      upTo(3, 0),
      upTo(3),
      (size, kernel, stride, before, after, dilation) => {
        const options = { size, kernel, stride, padding: [before, after] as const, dilation };
        const span = dilation * (kernel - 1) + 1;
        if (span > before + size + after) {
          throwsMessage(() => convolutionArithmetic(options), /the kernel covers \d+ places, more than the/);
          return;
        }
        const result = convolutionArithmetic(options);
        const expected: number[][] = [];
        for (let at = -before; at + span <= size + after; at += stride)
          expected.push(Array.from({ length: kernel }, (_, t) => at + t * dilation));
        assert.equal(result.sees, expected);
        assert.is(result.size, expected.length);
        const unused = Array.from({ length: size }, (_, i) => i).filter((i) => !expected.flat().includes(i));
        assert.equal(result.unused, unused);
        // The formula is true, with its own numbers.
        const [n, p, q, d, k, s, out] =
          /^floor\(\((\d+) \+ (\d+) \+ (\d+) - (\d+) \((\d+) - 1\) - 1\) \/ (\d+)\) \+ 1 = (\d+)$/
            .exec(result.formula)!
            .slice(1)
            .map(Number) as [number, number, number, number, number, number, number];
        assert.equal([n, p, q, d, k, s], [size, before, after, dilation, kernel, stride]);
        assert.is(Math.floor((n + p + q - d * (k - 1) - 1) / s) + 1, out);
        assert.is(result.size, out);
      },
    ),
    100,
  );
});

test("the picture marks what is taken, numbered as the weights", () => {
  const { figure } = convolutionArithmetic({ size: 4, kernel: 2, stride: 2, padding: 1 });
  const [picture] = figure.panels;
  assert.ok(picture?.kind === "picture" && picture.numbers);
  assert.equal([picture.image.width, picture.image.height], [6, 3]);
  const blank = Number.NaN;
  assert.equal(Array.from(picture.numbers), [
    0,
    1,
    blank,
    blank,
    blank,
    blank,
    blank,
    blank,
    0,
    1,
    blank,
    blank,
    blank,
    blank,
    blank,
    blank,
    0,
    1,
  ]);
  assert.equal(picture.boxes, [{ x: 1, y: 0, width: 4, height: 3 }]);
});

test("of many places the picture stays, without their names", () => {
  const { size, figure } = convolutionArithmetic({ size: 1024, kernel: 3, padding: 1 });
  assert.is(size, 1024);
  const [picture] = figure.panels;
  assert.ok(picture?.kind === "picture" && !picture.numbers && !picture.xNames && !picture.yNames);
  assert.ok(figureImage(figure).width < 4000);
  assert.match(convolutionArithmetic({ size: 1, kernel: 1 }).figure.title, /^1 input, .*: 1 output$/);
});

test("errors say what is wrong", () => {
  throwsMessage(() => convolutionArithmetic({ size: 0, kernel: 1 }), /size is 0/);
  throwsMessage(() => convolutionArithmetic({ size: 3, kernel: 1, padding: -1 }), /padding before is -1/);
  throwsMessage(
    () => convolutionArithmetic({ size: 3, kernel: 1, padding: "same" as never }),
    /padding is "same"; it must be a number, or \[before, after\]/,
  );
  throwsMessage(
    () => convolutionArithmetic({ size: 3, kernel: 1, strides: 2 } as never),
    /unknown option "strides"/,
  );
});

test.run();
