import fc from "fast-check";
import {
  avgPool2d,
  conv2d,
  flatten,
  globalAvgPool2d,
  type Layer,
  linear,
  maxPool2d,
  Random,
  relu,
  sequential,
  Tensor,
} from "../../../src/index.js";
import { shiftEquivariance } from "../../../src/inspect/index.js";
import { runtime } from "../../../src/wasm/runtime.js";
import { assert, near, rejectsMessage, suite } from "../../harness/suite.js";

const test = suite("shiftEquivariance");

const noise = (shape: number[], seed = 1): Tensor => {
  const random = new Random(seed);
  return new Tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
};

const modulo = (a: number, n: number) => ((a % n) + n) % n;

/** out[c][y][x] = in[c][y - dy][x - dx] on a ring. */
const roll = ({ data, shape }: Tensor, dy: number, dx: number): Float32Array => {
  const [h, w] = shape.slice(-2) as [number, number];
  return data.map((_, i) => {
    const [y, x] = [Math.floor(i / w) % h, i % w];
    return data[i - y * w - x + modulo(y - dy, h) * w + modulo(x - dx, w)]!;
  });
};

test("with padding as on a ring the error is 0 everywhere, for any kernel and shift", async () => {
  const shift = fc.integer({ min: -9, max: 9 });
  const stride = fc.constantFrom(1, 2, 4);
  await fc.assert(
    fc.asyncProperty(shift, shift, stride, fc.integer({ min: 1, max: 99 }), async (dy, dx, s, seed) => {
      const result = await shiftEquivariance(noise([2, 1, 3, 3], seed), noise([8, 12], seed + 1), {
        shift: [s * dy, s * dx],
        stride: s,
        padding: 1,
        paddingMode: "circular",
      });
      assert.equal([result.stride, result.whole], [[s, s], true]);
      assert.equal(result.outputShift, [dy + 0, dx + 0]);
      assert.ok(Math.max(...result.error.data) <= 1e-5, `${Math.max(...result.error.data)}`);
      assert.match(result.verdict, /^Equivariant/);
    }),
    { numRuns: 20, seed: 1 },
  );
});

test("both orders are what they say, by rolling and predicting by hand", async () => {
  using model = await sequential({ a: conv2d(3, 3, { padding: 1, stride: 2 }), b: relu() }).build([
    2, 12, 10,
  ]);
  const x = noise([1, 2, 12, 10]);
  const result = await shiftEquivariance(model, x, { shift: [4, -2], layer: "a" });
  const plain = (await model.taps(x, ["a"])).a!;
  const first = (await model.taps(new Tensor(roll(x, 4, -2), x.shape), ["a"])).a!;
  near(result.shiftedFirst.data, first.data, { atol: 1e-6 });
  near(result.shiftedLast.data, roll(plain, 2, -1), { atol: 1e-6 });
  const area = result.error.size;
  const apart = Array.from({ length: area }, (_, i) =>
    Math.max(
      ...[0, 1, 2].map((c) => Math.abs(first.data[c * area + i]! - roll(plain, 2, -1)[c * area + i]!)),
    ),
  );
  near(result.error.data, apart, { atol: 1e-6 });
});

test("networks with zeros around: 0 where no border is seen, not at the border", async () => {
  const layers: Layer[] = [
    conv2d(4, 3, { padding: 1 }),
    relu(),
    maxPool2d(2),
    conv2d(3, 3, { padding: 1, stride: 2 }),
    avgPool2d(3, { stride: 1, padding: 1 }),
  ];
  using model = await sequential(layers).build([1, 48, 48], { seed: 4 });
  const result = await shiftEquivariance(model, noise([48, 48]), { shift: [4, -8] });
  assert.equal(result.stride, [4, 4]);
  assert.ok(result.inside!.largest <= 1e-6, `${result.inside!.largest}`);
  assert.ok(result.border!.relative > 0.01);
  assert.match(result.verdict, /^Equivariant: where no border is seen.*At the border they differ/);
  // The inside, by brute force: the units that a change of border and seam leaves alone, in both pictures.
  const { top, left, bottom, right } = result.insideUnits!;
  for (let y = 0; y < 12; y++)
    for (let x = 0; x < 12; x++)
      if (y >= top && y < bottom && x >= left && x < right) assert.ok(result.error.at(y, x) <= 1e-6);
  // It is as large as it can be: the field of a unit is 2 + 2 + 1 + 4 + 8 pixels wide.
  assert.ok(bottom - top >= 12 - 1 - 4 && right - left >= 12 - 2 - 4);
});

test("strides: the error is 0 at their multiples and only there (Zhang, 2019)", async () => {
  const seen: { done: number; total: number }[] = [];
  const { curve, whole, verdict } = await shiftEquivariance(noise([1, 1, 3, 3]), noise([40, 40]), {
    shift: [0, 3],
    stride: 4,
    onProgress: (progress) => seen.push(progress),
  });
  assert.equal(
    curve.map(({ shift }) => shift),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
  for (const { shift, inside } of curve) {
    if (shift % 4 === 0) assert.ok(inside!.largest <= 1e-6, `${shift}`);
    // Noise has nothing in common with itself a pixel further.
    else assert.ok(inside!.relative > 0.5, `${shift}`);
  }
  assert.is(whole, false);
  assert.match(
    verdict,
    /^Not equivariant: 0 down and 3 to the right are not both multiples of the strides 4 and 4/,
  );
  assert.equal(seen.at(-1), { done: 10, total: 10 });
});

test("a map that knows its place is not equivariant, and a mean over all places is invariant on a ring", async () => {
  const ring = { padding: 1, paddingMode: "circular" } as const;
  using mean = await sequential([conv2d(5, 3, ring), relu(), globalAvgPool2d(), flatten(), linear(3)]).build([
    1, 8, 8,
  ]);
  const invariant = await shiftEquivariance(mean, noise([8, 8]), { shift: [1, 3] });
  assert.match(invariant.verdict, /^Invariant/);
  assert.equal([invariant.stride, invariant.outputShift, invariant.inside], [[0, 0], [0, 0], null]);
  using placed = await sequential([flatten(), linear(4)]).build([1, 8, 8]);
  const { verdict, border } = await shiftEquivariance(placed, noise([8, 8]), { shift: [0, 1] });
  assert.ok(border!.relative > 0.1);
  assert.match(verdict, /^Not invariant/);
});

test("where every unit sees the border it says so", async () => {
  const { verdict, inside, insideUnits } = await shiftEquivariance(noise([1, 1, 7, 7]), noise([6, 6]), {
    shift: [1, 0],
    padding: 3,
  });
  assert.equal([inside, insideUnits], [null, null]);
  assert.match(verdict, /^Every unit sees the border/);
});

test("stops when told to, and leaves no memory behind", async () => {
  const x = noise([16, 16]);
  const stop = new AbortController();
  const run = shiftEquivariance(noise([3, 3]), x, {
    shift: [1, 1],
    signal: stop.signal,
    onProgress: ({ done }) => done === 2 && stop.abort(new Error("enough")),
  });
  await rejectsMessage(run, /enough/);
  const before = runtime().heap.memory.buffer.byteLength;
  for (let i = 0; i < 20; i++) await shiftEquivariance(noise([3, 3]), x, { shift: [1, 1] });
  assert.is(runtime().heap.memory.buffer.byteLength, before);
});

test("errors say what is wrong", async () => {
  const x = noise([8, 8]);
  const kernel = [[1, 2]];
  await rejectsMessage(shiftEquivariance(kernel, x, { shift: 1 as never }), /shift is 1; .*\[down, right\]/);
  await rejectsMessage(shiftEquivariance(kernel, x, { shift: [0, 0.5] }), /shift is \[0,0\.5\]/);
  await rejectsMessage(
    shiftEquivariance(kernel, x, { shift: [0, 1], layer: "0" }),
    /a kernel has no layer "0"/,
  );
  await rejectsMessage(shiftEquivariance([1, 2], x, { shift: [0, 1] }), /the kernel has shape \[2\]/);
  await rejectsMessage(
    shiftEquivariance(noise([1, 3, 2, 2]), x, { shift: [0, 1] }),
    /the picture has shape \[8, 8\]; it must be \[3, h, w\]/,
  );
  using model = await sequential([conv2d(1, 3)]).build([1, 8, 8]);
  await rejectsMessage(
    shiftEquivariance(model, x, { shift: [0, 1], layer: "1" }),
    /no layer "1"\. Its layers are: 0/,
  );
  await rejectsMessage(
    shiftEquivariance(model, x, { shift: [0, 1], stride: 2 }),
    /stride belongs to a kernel/,
  );
  await rejectsMessage(
    shiftEquivariance(model, noise([9, 8, 8]), { shift: [0, 1] }),
    /must be \[h, w\] or \[1, h, w\]/,
  );
  using vector = await sequential([linear(2)]).build([8]);
  await rejectsMessage(shiftEquivariance(vector, x, { shift: [0, 1] }), /takes \[8\]; it must take pictures/);
});

test.run();
