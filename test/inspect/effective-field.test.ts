import {
  avgPool2d,
  conv2d,
  flatten,
  globalAvgPool2d,
  linear,
  type Model,
  maxPool2d,
  Random,
  relu,
  sequential,
  sigmoid,
  softmax,
  Tensor,
} from "../../src/index.js";
import {
  type EffectiveField,
  effectiveReceptiveField,
  effectiveReceptiveFieldFigure,
} from "../../src/inspect/index.js";
import { sizeOf } from "../../src/tensor.js";
import { assert, near, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("effectiveReceptiveField");

function noise(shape: readonly number[], seed = 1): Tensor {
  const random = new Random(seed);
  return new Tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    shape,
  );
}

test("of one convolution is its kernel, in its place", async () => {
  using model = await sequential([conv2d(2, 3, { padding: 1 })]).build([1, 6, 7], { seed: 2 });
  const weights = model.stateDict().get("0.weight")!;
  const field = await effectiveReceptiveField(model, "0", { unit: [2, 3], channel: 1, samples: 3 });
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < 7; x++) {
      const [i, j] = [y - 1, x - 2];
      const inside = i >= 0 && i < 3 && j >= 0 && j < 3;
      near([field.map.at(y, x)], [inside ? Math.abs(weights.at(1, 0, i, j)) : 0], { atol: 1e-6 });
    }
  }
  assert.equal(field.visible, { top: 1, left: 2, bottom: 4, right: 5 });
  assert.is(field.inside, 1);
  assert.equal([field.layer, field.unit, field.channel, field.samples], ["0", [2, 3], 1, 3]);
});

test("of all channels: their mean squares add up, with nothing cancelled", async () => {
  using model = await sequential([conv2d(4, 3)]).build([1, 3, 3], { seed: 2 });
  const weights = model.stateDict().get("0.weight")!;
  const { map } = await effectiveReceptiveField(model, "0", { samples: 4000, batchSize: 500 });
  const expected = Array.from({ length: 9 }, (_, i) =>
    Math.sqrt([0, 1, 2, 3].reduce((sum, k) => sum + weights.data[k * 9 + i]! ** 2, 0)),
  );
  near(map.data, expected, { rtol: 0.06, atol: 0 });
});

test("is that of central differences over given inputs", async () => {
  using model = await sequential([
    conv2d(3, 3, { stride: 2, padding: 1 }),
    sigmoid(),
    avgPool2d(2, { stride: 1 }),
    conv2d(2, 2),
  ]).build([2, 8, 8], { seed: 4 });
  const inputs = noise([3, 2, 8, 8]);
  const unit = [0, 1] as const;
  const { map, inside } = await effectiveReceptiveField(model, "3", {
    ...{ inputs, unit, channel: 1, batchSize: 2 },
  });
  const squares = new Float64Array(64);
  const step = 0.05;
  const value = async (data: Float32Array): Promise<number[]> => {
    const out = await model.predict(new Tensor(data, inputs.shape));
    return [0, 1, 2].map((i) => out.at(i, 1, ...unit));
  };
  for (let c = 0; c < 2; c++) {
    for (let pixel = 0; pixel < 64; pixel++) {
      const moved = (by: number): Promise<number[]> => {
        const data = inputs.data.slice();
        for (let i = 0; i < 3; i++) data[(i * 2 + c) * 64 + pixel]! += by;
        return value(data);
      };
      const [up, down] = [await moved(step), await moved(-step)];
      up.forEach((one, i) => {
        squares[pixel]! += ((one - down[i]!) / (2 * step)) ** 2;
      });
    }
  }
  const expected = Array.from(squares, (sum) => Math.sqrt(sum / 6));
  near(map.data, expected, { atol: 1e-2 * Math.max(...expected), rtol: 0 });
  assert.is(inside, 1);
});

test("the radius holds the share", async () => {
  using model = await sequential([globalAvgPool2d()]).build([1, 5, 5]);
  const radius = async (share: number) => (await effectiveReceptiveField(model, "", { share })).radius;
  // Of 25 pixels that count the same 9 lie within √2 of the middle, 13 within 2, 21 within √5.
  near(
    [await radius(0.36), await radius(0.37), await radius(0.84), await radius(0.85), await radius(1)],
    [Math.SQRT2, 2, Math.sqrt(5), Math.sqrt(8), Math.sqrt(8)],
  );
});

const deep = (): Promise<Model> =>
  sequential({
    conv: conv2d(4, 3, { padding: 1 }),
    act: relu(),
    pool: maxPool2d(2),
    more: conv2d(4, 3, { padding: 1, paddingMode: "circular" }),
    flat: flatten(),
    fc: linear(3),
    prob: softmax(),
  }).build([2, 8, 10], { seed: 6 });

test("does not depend on how samples are batched; a data set serves as well", async () => {
  using model = await deep();
  const inputs = noise([7, 2, 8, 10]);
  const dataset = {
    ...{ name: "given", length: 7, shape: [2, 8, 10] as [number, number, number], classes: [] },
    get: (indices: ArrayLike<number>) => ({
      inputs: new Tensor(
        Float32Array.from(
          Array.from(indices).flatMap((i) => [...inputs.data.subarray(160 * i, 160 * (i + 1))]),
        ),
        [indices.length, 2, 8, 10],
      ),
      targets: new Int32Array(indices.length),
    }),
  };
  const [a, b] = [
    await effectiveReceptiveField(model, "more", { inputs, batchSize: 3 }),
    await effectiveReceptiveField(model, "more", { inputs: dataset, batchSize: 7 }),
  ];
  near(a.map.data, b.map.data, { atol: 1e-7 });
  assert.equal([a.samples, b.samples], [7, 7]);
  const [c, d] = [
    await effectiveReceptiveField(model, "more", { seed: 5, samples: 5 }),
    await effectiveReceptiveField(model, "more", { seed: 5, samples: 5 }),
  ];
  assert.equal(c.map.data, d.map.data);
  // Circular padding looks at the other side: still nothing lies outside of what is visible.
  const corner = await effectiveReceptiveField(model, "more", { unit: [0, 0] });
  assert.is(corner.inside, 1);
  assert.equal(corner.visible, { top: 0, left: 0, bottom: 8, right: 10 });
  const output = await effectiveReceptiveField(model, "", { channel: 2 });
  assert.ok(output.inside === 1 && output.radius > 0);
});

test("progress, an end before time, and memory given back", async () => {
  using model = await deep();
  await effectiveReceptiveField(model, "pool", { samples: 4 });
  const used = model.runtime.heap.usedBytes;
  const seen: string[] = [];
  await effectiveReceptiveField(model, "pool", {
    samples: 10,
    batchSize: 4,
    onProgress: ({ done, total }) => seen.push(`${done}/${total}`),
  });
  assert.equal(seen, ["4/10", "8/10", "10/10"]);
  const controller = new AbortController();
  await rejectsMessage(
    effectiveReceptiveField(model, "pool", {
      samples: 1000,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    }),
    /enough/,
  );
  assert.is(model.runtime.heap.usedBytes, used);
});

test("errors say what is wrong", async () => {
  using model = await deep();
  const of = (layer: string, options: object) => effectiveReceptiveField(model, layer, options);
  await rejectsMessage(of("cone", {}), /no layer "cone".*conv, act, pool/);
  await rejectsMessage(
    of("pool", { unit: [4, 0] }),
    /y of the unit, of \[4, 5\] in layer "pool" is 4.*0 to 3/,
  );
  await rejectsMessage(of("pool", { channel: 4 }), /channel of layer "pool" is 4.*0 to 3/);
  await rejectsMessage(of("pool", { share: 2 }), /share is 2/);
  await rejectsMessage(of("pool", { sample: 2 }), /unknown option "sample"/);
  await rejectsMessage(
    of("pool", { inputs: noise([2, 3, 8, 10]) }),
    /inputs of shape \[3, 8, 10\].*takes \[2, 8, 10\]/,
  );
  await rejectsMessage(of("pool", { inputs: noise([5]) }), /shape \[5\]; the model takes \[n, 2, 8, 10\]/);
});

test("the figure shows what is visible with a margin, the window as a box, and both profiles", () => {
  const map = new Tensor(new Float32Array(400), [20, 20]);
  for (let y = 0; y < 8; y++) for (let x = 10; x < 18; x++) map.data[y * 20 + x] = y === 3 ? 2 : 1;
  const field: EffectiveField = {
    ...{ layer: "conv", unit: [1, 3], channel: 2, samples: 5, map, inside: 1, share: 0.9, radius: 4 },
    window: { top: -1, left: 10, bottom: 8, right: 18 },
    visible: { top: 0, left: 10, bottom: 8, right: 18 },
  };
  const { title, text, panels } = effectiveReceptiveFieldFigure(field);
  const [heat, plot] = [panels[0]!, panels[1]!];
  assert.is(title, 'What counts for a unit of layer "conv"');
  assert.match(text!, /Unit \[1, 3\], channel 2: it looks at 9 × 8 pixels, but 90 % .* 4 pixels/);
  assert.ok(heat.kind === "picture" && plot.kind === "plot");
  // Rows 0 to 8 and columns 9 to 18: one more than is visible, where there is one.
  assert.equal([heat.image.width, heat.image.height], [10, 9]);
  assert.equal(heat.boxes, [{ x: 1, y: -1, width: 8, height: 9, label: "theoretical field" }]);
  assert.equal([heat.scale!.from, heat.scale!.to], [0, 2]);
  assert.equal([...heat.image.data.subarray(3 * 31, 3 * 32)], [253, 231, 37]);
  assert.equal([...heat.image.data.subarray(0, 3)], [68, 1, 84]);
  const [across, down] = plot.series;
  assert.equal([across!.x[0], across!.y[0]], [-3.5, 1]);
  assert.equal([down!.x[0], down!.y[0], down!.y[3]], [-3, 0.5, 1]);
});

test.run();
