import fc from "fast-check";
import { paddingModes } from "../../../src/inspect/index.js";
import { assert, suite, throwsMessage } from "../../harness/suite.js";
import { holds, matrices } from "./loops.js";

const test = suite("paddingModes");

/** Which pixel of n stands at a place before, in or after them; -1 for none. */
const sources = {
  zeros: (i: number, n: number) => (i < 0 || i >= n ? -1 : i),
  reflect: (i: number, n: number) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i),
  symmetric: (i: number, n: number) => (i < 0 ? -1 - i : i >= n ? 2 * n - 1 - i : i),
  replicate: (i: number, n: number) => Math.min(Math.max(i, 0), n - 1),
  circular: (i: number, n: number) => (i + n) % n,
};

test("every mode, by its definition, for uneven padding too; the box is around the picture", () => {
  const side = fc.integer({ min: 0, max: 2 });
  holds(
    fc.property(matrices(3, 6), side, side, side, side, (x, top, left, bottom, right) => {
      const { padded, figure } = paddingModes(x, { top, left, bottom, right });
      const [h, w] = [x.length, x[0]!.length];
      for (const [mode, source] of Object.entries(sources)) {
        const expected = Array.from({ length: top + h + bottom }, (_, i) =>
          Array.from({ length: left + w + right }, (_x, j) => {
            const [y, z] = [source(i - top, h), source(j - left, w)];
            return y < 0 || z < 0 ? 0 : x[y]![z]!;
          }),
        );
        const name = mode as keyof typeof padded;
        assert.equal(padded[name].shape, [top + h + bottom, left + w + right]);
        // -0 and 0 are the same here.
        assert.equal(
          [...padded[name].data].map((v) => v + 0),
          expected.flat().map((v) => v + 0),
          mode,
        );
        const panel = figure.panels.find(({ title }) => title === mode)!;
        assert.ok(panel.kind === "picture");
        assert.equal(panel.boxes, [{ x: left, y: top, width: w, height: h }]);
      }
    }),
  );
});

test("small pictures carry their numbers; a mirror cannot show more than there is", () => {
  const { figure } = paddingModes([[1, 2]], [0, 1]);
  const [, zeros] = figure.panels;
  assert.ok(zeros?.kind === "picture" && zeros.numbers);
  assert.equal(Array.from(zeros.numbers), [0, 1, 2, 0]);
  throwsMessage(() => paddingModes([[1, 2]], 2), /reflect padding of 2 .*Use less padding/);
  throwsMessage(() => paddingModes([[1, 2]], [1, 2, 3]), /3 numbers; give \[height, width\]/);
});

test.run();
