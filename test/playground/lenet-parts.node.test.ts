import { asDrawn, centred } from "../../playground/rooms/lenet/centred.js";
import { layers, neighbour, tilingOf, unitAt } from "../../playground/rooms/lenet/layers.js";
import { columns, noTraining, told } from "../../playground/rooms/lenet/training.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("LeNet live: its parts");

/** A picture of 280 x 280 whose ink is told by a function. */
const picture = (ink: (x: number, y: number) => number, size = 280) => ({
  data: Float32Array.from({ length: size * size }, (_, i) => ink(i % size, Math.floor(i / size))),
  width: size,
  height: size,
});

const sum = (values: Float32Array) => values.reduce((a, b) => a + b, 0);

test("as drawn: each pixel is the mean of its 10 x 10", () => {
  const ink = (x: number, y: number) => ((x * 7 + y * 13) % 29) / 29;
  const expected = Array.from({ length: 784 }, (_, i) => {
    let total = 0;
    for (let dy = 0; dy < 10; dy++)
      for (let dx = 0; dx < 10; dx++) total += ink(10 * (i % 28) + dx, 10 * Math.floor(i / 28) + dy);
    return total / 100;
  });
  near(asDrawn(picture(ink)), expected, { atol: 1e-5 });
});

test("centred: a rectangle anywhere fills 20 rows in the middle", () => {
  // 30 x 100, in a corner: 6 x 20 from column 11 and row 4 on.
  const result = centred(picture((x, y) => (x >= 240 && x < 270 && y >= 3 && y < 103 ? 1 : 0)));
  const expected = Array.from({ length: 784 }, (_, i) => {
    const [x, y] = [i % 28, Math.floor(i / 28)];
    return x >= 11 && x < 17 && y >= 4 && y < 24 ? 1 : 0;
  });
  near(result, expected, { atol: 1e-5 });
});

test("centred: where and how large a digit is drawn does not matter", () => {
  // An L, whose centre of mass is not the middle of its box.
  const stroke = (x: number, y: number, unit: number) =>
    x >= 0 && y >= 0 && x < 6 * unit && y < 10 * unit && (x < 2 * unit || y >= 8 * unit) ? 1 : 0;
  const small = centred(picture((x, y) => stroke(x - 200, y - 20, 6)));
  const large = centred(picture((x, y) => stroke(x - 20, y - 15, 24)));
  near(small, large, { atol: 1e-4 });
  let [x, y] = [0, 0];
  for (const [i, ink] of small.entries()) {
    x += (ink * ((i % 28) + 0.5)) / sum(small);
    y += (ink * (Math.floor(i / 28) + 0.5)) / sum(small);
  }
  assert.ok(Math.abs(x - 14) <= 0.5 && Math.abs(y - 14) <= 0.5, `the centre of mass is at ${x}, ${y}`);
});

test("centred: nothing stays nothing, and a dot of one pixel is a digit too", () => {
  assert.is(sum(centred(picture(() => 0))), 0);
  const dot = centred(picture((x, y) => (x === 279 && y === 279 ? 1 : 0)));
  assert.is(sum(dot), 400);
});

test("every number of every layer lies somewhere on its canvas, for any width", () => {
  for (const layer of layers) {
    for (const width of [0, 290, 500, 640, 900, 2000]) {
      const tiling = tilingOf(layer, width);
      const found = new Set<string>();
      for (let top = 0; top < tiling.height; top++) {
        for (let left = 0; left < tiling.width; left++) {
          const unit = unitAt(layer, tiling, left, top);
          if (unit) found.add([unit.channel, unit.y, unit.x].join());
        }
      }
      assert.is(found.size, layer.channels * layer.size ** 2, `${layer.title} at ${width}`);
      assert.is(unitAt(layer, tiling, -1, 0), undefined);
      assert.is(unitAt(layer, tiling, tiling.width, 0), undefined);
    }
  }
});

test("arrow keys walk over a map and on into the next, and stop at the border", () => {
  const layer = layers[2]!;
  const at = (channel: number, y: number, x: number) => ({ layer, channel, y, x });
  assert.equal(neighbour(at(0, 4, 9), 1, 0, 8), at(1, 4, 0));
  assert.equal(neighbour(at(1, 9, 3), 0, 1, 8), at(9, 0, 3));
  assert.equal(neighbour(at(0, 0, 0), -1, 0, 8), at(0, 0, 0));
  assert.equal(neighbour(at(15, 9, 9), 0, 1, 8), at(15, 9, 9));
  assert.equal(neighbour(at(7, 0, 9), 1, 0, 8), at(7, 0, 9));
});

test("reports become curves", () => {
  const step = {
    kind: "step",
    epoch: 1,
    accuracy: 0.5,
    stepMs: 4,
    imagesPerSecond: 1,
    threads: 2,
    weights: {},
  } as const;
  const check = { kind: "test", loss: 2, accuracy: 0.1, count: 1000, confusion: [] as number[][] } as const;
  let training = told({ ...noTraining, phase: "loading" }, { kind: "download", received: 5, total: 10 });
  assert.is(training.phase, "loading");
  training = told(training, { ...check, at: 0 });
  training = told(training, { ...step, at: 0.1, loss: 1.5 });
  training = told(training, { ...check, at: 0.1 });
  assert.is(training.phase, "running");
  assert.is(training.full, undefined);
  training = told(training, { ...check, at: 1, count: 10_000 });
  assert.is(training.full?.at, 1);
  assert.equal(columns(training, "loss"), [
    [0, 0.1, 1],
    [null, 1.5, null],
    [2, 2, 2],
  ]);
  for (let i = 0; i < 5000; i++) training = told(training, { ...step, at: 1 + i / 1000, loss: 1 });
  assert.ok(training.steps.length <= 1001, "curves stay short");
  assert.is(training.steps.at(-1)!.at, 1 + 4999 / 1000);
});

test.run();
