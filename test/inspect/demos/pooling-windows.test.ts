import fc from "fast-check";
import { poolingWindows } from "../../../src/inspect/index.js";
import { assert, near, suite, throwsMessage } from "../../harness/suite.js";
import { holds, matrices } from "./loops.js";

const test = suite("poolingWindows");

test("largest and mean of the very windows that are drawn", () => {
  const size = fc.integer({ min: 1, max: 4 });
  holds(
    fc.property(matrices(4, 9), size, size, size, size, (x, kh, kw, sh, sw) => {
      const { pooled, windows } = poolingWindows(x, [kh, kw], { stride: [sh, sw] });
      const inside = windows.map(({ x: left, y: top, width, height }) => {
        assert.equal([height, width], [kh, kw]);
        return x.slice(top, top + height).flatMap((row) => row.slice(left, left + width));
      });
      const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      assert.ok(inside.every((values) => values.length === kh * kw));
      near(
        pooled.max!.data,
        inside.map((values) => Math.max(...values)),
      );
      near(pooled.average!.data, inside.map(mean));
      near(pooled.global!.data, [mean(x.flat())]);
      const rows = Math.floor((x.length - kh) / sh) + 1;
      assert.is(windows.length, rows * (Math.floor((x[0]!.length - kw) / sw) + 1));
    }),
  );
});

test("one kind alone; the global mean has no windows", () => {
  const x = [
    [1, 2],
    [3, 5],
  ];
  const { pooled, figure } = poolingWindows(x, 2, { kind: "global" });
  assert.equal(Object.keys(pooled), ["global"]);
  assert.is(figure.panels.length, 2);
  assert.ok(figure.panels[0]!.kind === "picture" && figure.panels[0]!.boxes === undefined);
  const max = poolingWindows(x, 1, { kind: "max" }).figure.panels[0]!;
  assert.ok(max.kind === "picture" && max.boxes?.length === 4);
  assert.match(max.caption!, /2 × 2 windows of 1 × 1, every 1 pixel\./);
});

test("errors say what is wrong", () => {
  throwsMessage(
    () => poolingWindows([[1]], 1, { kind: "mean" as never }),
    /kind is "mean"; it must be "max" or "average" or "global"/,
  );
  throwsMessage(() => poolingWindows([[1]], 0), /poolingWindows: the window is 0/);
  throwsMessage(() => poolingWindows([[1]], 1, { stride: -1 }), /poolingWindows: stride is -1/);
});

test.run();
