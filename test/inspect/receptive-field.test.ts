// What a unit sees is compared with what changes it: networks that only rise, so that nothing cancels, and each pixel of
// the input raised in turn by so much that it becomes the largest wherever it is looked at.

import fc from "fast-check";
import { FeatureMapError } from "../../src/errors.js";
import {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  batchNorm2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  custom,
  depthwiseConv2d,
  flatten,
  globalAvgPool2d,
  type Layer,
  linear,
  type Model,
  maxPool1d,
  maxPool2d,
  pad,
  parallel,
  pixelShuffle,
  pixelUnshuffle,
  Random,
  relu,
  residual,
  sequential,
  Tensor,
  unflatten,
  upsample,
} from "../../src/index.js";
import { type PixelWindow, receptiveField } from "../../src/inspect/index.js";
import { network } from "../../src/layers/containers.js";
import { buildModel } from "../../src/layers/model.js";
import { add } from "../../src/ops/add.js";
import { toBlocked, toDense } from "../../src/ops/dense.js";
import { joined } from "../../src/ops/joined.js";
import { matmul } from "../../src/ops/matmul.js";
import { maxPool2d as maxOp } from "../../src/ops/max-pool2d.js";
import { type GraphWriter, sizes4, type Value } from "../../src/ops/op.js";
import { PADDING_MODES } from "../../src/ops/pad.js";
import { sliced, transposed } from "../../src/ops/rearrange.js";
import { reduced } from "../../src/ops/reduced.js";
import { resized } from "../../src/ops/resample.js";
import { sliceChannels } from "../../src/ops/slice-channels.js";
import { sizeOf } from "../../src/tensor.js";
import { alexnet } from "../../src/zoo/index.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("receptiveField");

/** Weights above 0: then every output rises with every input that it is computed from. */
function risen(model: Model): Model {
  const random = new Random(5);
  const state = new Map(
    [...model.stateDict()].map(([name, { shape }]) => {
      const isMean = name.endsWith("running_mean");
      const values = Float32Array.from({ length: sizeOf(shape) }, () =>
        isMean ? 0 : 0.5 + random.uniform(),
      );
      return [name, new Tensor(values, shape)];
    }),
  );
  model.loadStateDict(state);
  return model;
}

/** For each number of the output, in n, c, h, w order, the pixels of the input that change it. */
async function changing(model: Model): Promise<boolean[][]> {
  const shape = model.inputShape;
  const [, c, h, w] = sizes4([1, ...shape]);
  const area = h * w;
  const random = new Random(3);
  const base = Float32Array.from({ length: c * area }, () => 1 + random.uniform());
  const inputs = new Float32Array((area + 1) * base.length);
  for (let i = 0; i <= area; i++) {
    inputs.set(base, i * base.length);
    if (i < area) for (let k = 0; k < c; k++) inputs[i * base.length + k * area + i]! += 1e6;
  }
  const { data } = await model.predict(new Tensor(inputs, [area + 1, ...shape]));
  const size = data.length / (area + 1);
  const before = data.subarray(area * size);
  // A window that lies in the padding whole has no largest pixel, and no mean of those inside.
  fc.pre(data.every(Number.isFinite));
  return Array.from({ length: size }, (_, j) =>
    Array.from({ length: area }, (_, i) => data[i * size + j] !== before[j]),
  );
}

/** The smallest rectangle that holds all pixels that changed something, and that something changed on each of its sides. */
function box(changed: readonly boolean[], width: number): PixelWindow | null {
  const at = changed.flatMap((is, i) => (is ? [i] : []));
  if (at.length === 0) return null;
  const [ys, xs] = [at.map((i) => Math.floor(i / width)), at.map((i) => i % width)];
  return {
    top: Math.min(...ys),
    left: Math.min(...xs),
    bottom: Math.max(...ys) + 1,
    right: Math.max(...xs) + 1,
  };
}

/** All units of the output, and each channel by itself. */
async function compare(model: Model, said: string): Promise<number> {
  const changes = await changing(risen(model));
  const [, c, h, w] = sizes4([1, ...model.outputShape]);
  const width = sizes4([1, ...model.inputShape])[3];
  for (let unit = 0; unit < h * w; unit++) {
    const at = [Math.floor(unit / w), unit % w] as const;
    const own = Array.from({ length: c }, (_, channel) => changes[channel * h * w + unit]!);
    const any = own[0]!.map((_, i) => own.some((changed) => changed[i]));
    const where = `${said} unit ${at} of ${h}x${w}`;
    assert.equal(receptiveField(model, "", { unit: at }).visible, box(any, width), where);
    const channel = unit % c;
    const field = receptiveField(model, "", { unit: at, channel });
    assert.equal(field.visible, box(own[channel]!, width), `${where} channel ${channel}`);
  }
  return h * w;
}

/** Adds as many of the layers as fit the shapes, in turn. */
async function fitting(layers: readonly Layer[], shape: readonly number[]): Promise<Model> {
  let net: Layer[] = [];
  for (const layer of layers) {
    try {
      const { outputShape } = await build([...net, layer]);
      if (sizeOf(outputShape) > 0 && sizeOf(outputShape) < 5000) net = [...net, layer];
    } catch (error) {
      if (!(error instanceof FeatureMapError)) throw error;
    }
  }
  // Winograd's tiles let a pixel change the rounding of outputs that do not see it.
  return sequential(net).build(shape, { initialize: false, winograd: false });

  async function build(list: readonly Layer[]): Promise<{ outputShape: readonly number[] }> {
    using model = await sequential(list).build(shape, { initialize: false });
    return { outputShape: model.outputShape };
  }
}

const attrs = { sh: 1, sw: 1, dh: 1, dw: 1, ceil: false };

const upTo = (most: number, least = 1) => fc.integer({ min: least, max: most });
const both = (most: number, least = 1) => fc.tuple(upTo(most, least), upTo(most, least));
const sides = fc.tuple(upTo(3, 0), upTo(3, 0), upTo(3, 0), upTo(3, 0));
const mode = fc.constantFrom(...PADDING_MODES);

const conv = fc
  .record({
    kernel: both(4),
    options: fc.record({
      stride: both(3),
      dilation: both(3),
      padding: sides,
      paddingMode: mode,
      groups: fc.constantFrom(1, 1, 2, 4),
      flip: fc.boolean(),
    }),
  })
  .map(({ kernel, options }) => conv2d(4, kernel, options));

const simple = fc.oneof(
  { weight: 4, arbitrary: conv },
  {
    weight: 2,
    arbitrary: fc
      .record({ stride: both(3), dilation: both(2), padding: both(1, 0), ceilMode: fc.boolean() })
      .chain((options) => both(3, 2).map((size) => maxPool2d(size, options))),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ stride: both(3), padding: both(1, 0), ceilMode: fc.boolean(), countIncludePad: fc.boolean() })
      .chain((options) => both(3, 2).map((size) => avgPool2d(size, options))),
  },
  both(5).map((size) => adaptiveAvgPool2d(size)),
  both(5).map((size) => adaptiveMaxPool2d(size)),
  fc.record({ padding: both(2, 0) }).map((options) => depthwiseConv2d(3, options)),
  fc.tuple(sides, mode).map(([amounts, kind]) => pad(amounts, kind)),
  fc.constantFrom(1.5, 2, 0.7).map((scale) => upsample({ scale })),
  fc
    .record({ size: both(9), alignCorners: fc.boolean() })
    .map((options) => upsample({ ...options, mode: "bilinear" })),
  fc
    .record({ stride: both(3), dilation: both(2), padding: both(1, 0), groups: fc.constantFrom(1, 2) })
    .chain((options) => both(3).map((kernel) => convTranspose2d(4, kernel, options))),
  fc.constant(pixelShuffle(2)),
  fc.constant(pixelUnshuffle(2)),
  fc.constant(relu()),
  fc.constant(batchNorm2d()),
  fc
    .tuple(upTo(2, 0), upTo(3))
    .map(([start, count]) =>
      custom("Slice", ({ graph }, x) => graph.add(sliceChannels, [x], { start, count })),
    ),
);

const same = fc
  .record({ kernel: both(3), dilation: both(2), paddingMode: mode, groups: fc.constantFrom(1, 2) })
  .map(({ kernel, ...options }) => conv2d(4, kernel, { ...options, padding: "same" }));

const layer = fc.oneof(
  { weight: 6, arbitrary: simple },
  fc.tuple(same, same).map((branches) => parallel(branches)),
  fc
    .tuple(same, conv)
    .map(([first, second]) =>
      parallel([
        first,
        sequential([second, upsample({ size: 8 })]),
        sequential([conv2d(4, 1), upsample({ size: 8 })]),
      ]),
    ),
  fc.tuple(same, same).map((layers) => residual(layers, { shortcut: conv2d(4, 1) })),
  fc.constant(
    // One pixel that is repeated, as in squeeze and excitation: every unit sees all.
    custom("Mean", (scope, x) => scope.graph.add(add, [x, scope.child("mean", globalAvgPool2d(), x)], {})),
  ),
);

test("random networks: a unit sees exactly what changes it, on all sides", async () => {
  let units = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(layer, { minLength: 1, maxLength: 5 }), both(12, 5), async (layers, size) => {
      using model = await fitting(layers, [4, ...size]);
      units += await compare(model, `${model.layers.map(({ type }) => type).join(" ")} on ${size}`);
    }),
    { numRuns: 120, seed: 4 },
  );
  assert.ok(units > 1000, `${units} units`);
});

test("what is visible lies within the window, where nothing is mirrored", async () => {
  const plain = fc.oneof(
    fc
      .record({ kernel: both(4), stride: both(3), dilation: both(3), padding: sides })
      .map(({ kernel, ...options }) => conv2d(4, kernel, options)),
    fc
      .record({ stride: both(3), padding: both(1, 0), ceilMode: fc.boolean() })
      .chain((options) => both(3, 2).map((size) => maxPool2d(size, options))),
  );
  let moving = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(plain, { minLength: 1, maxLength: 4 }), both(14, 9), async (layers, [h, w]) => {
      using model = await fitting(layers, [4, h, w]);
      const [, , oh, ow] = sizes4([1, ...model.outputShape]);
      for (let unit = 0; unit < oh * ow; unit++) {
        const [y, x] = [Math.floor(unit / ow), unit % ow];
        const { window, visible, size, stride, offset } = receptiveField(model, "", { unit: [y, x] });
        const two = (sizes: typeof size) => (typeof sizes === "number" ? [sizes, sizes] : sizes);
        const first = [y, x].map((place, axis) => two(offset)[axis]! + place * two(stride)[axis]!);
        const [top, left] = [first[0]!, first[1]!];
        assert.equal(window, { top, left, bottom: top + two(size)[0]!, right: left + two(size)[1]! });
        if (!visible) continue;
        assert.ok(visible.top >= Math.max(0, top) && visible.bottom <= Math.min(h, window!.bottom));
        assert.ok(visible.left >= Math.max(0, left) && visible.right <= Math.min(w, window!.right));
        moving++;
      }
    }),
    { numRuns: 60, seed: 1 },
  );
  assert.ok(moving > 300, `${moving} units`);
});

test("one dimension, and a picture that becomes a vector and a picture again", async () => {
  using line = await sequential([
    conv1d(3, 3, { stride: 2, padding: [2, 1], paddingMode: "reflect" }),
    maxPool1d(2, { stride: 1, ceilMode: true }),
    convTranspose1d(2, 3, { stride: 3, dilation: 2 }),
    avgPool1d(3, { stride: 2, padding: 1 }),
  ]).build([2, 17]);
  await compare(line, "line");
  using vector = await sequential([
    conv2d(2, 3, { stride: 4 }),
    flatten(),
    unflatten([2, 2, 2]),
    conv2d(2, 1),
  ]).build([1, 7, 8]);
  await compare(vector, "unflattened");
  using scores = await sequential([conv2d(2, 2, { stride: 3 }), flatten(), linear(3)]).build([1, 7, 9]);
  await compare(scores, "linear");
  for (const axis of [1, 2, 3]) {
    const beside = custom("Beside", ({ graph }, x) => {
      const more = graph.add(maxOp, [x], { ...attrs, kh: 3, kw: 3, top: 1, left: 1, bottom: 1, right: 1 });
      return toBlocked(graph, joined(graph, [x, more, x], axis));
    });
    using both = await sequential([conv2d(2, 2), beside, conv2d(2, 2, { groups: 2 })]).build([1, 5, 6]);
    await compare(both, `joined along ${axis}`);
  }
});

test("dense values, as imported networks have them: resized, reduced and multiplied along an axis", async () => {
  const halves = [0, 1, 2, 3, 4].map((i) => [
    { index: i >> 1, weight: 0.5 },
    { index: (i + 1) >> 1, weight: 0.5 },
  ]);
  const ops: Record<string, (graph: GraphWriter, x: Value) => Value> = {
    "resized along h": (graph, x) => resized(graph, x, 2, halves),
    "resized along w": (graph, x) => resized(graph, x, 3, halves),
    "mean of channels": (graph, x) => reduced(graph, x, "mean", [1], true),
    "largest of columns": (graph, x) => reduced(graph, x, "max", [3], true),
    "sum of channels and rows": (graph, x) => reduced(graph, x, "sum", [1, 2], true),
    "rows times columns": (graph, x) => matmul(graph, toDense(graph, x), transposed(graph, x, [0, 1, 3, 2])),
    "every matrix by the first": (graph, x) =>
      matmul(graph, sliced(graph, x, [0], [1], [1]), toDense(graph, x)),
  };
  for (const [name, op] of Object.entries(ops)) {
    const layer = custom(name, ({ graph }, x) => toBlocked(graph, op(graph, x)));
    // Three rows and columns, of two channels that see each other no more.
    const net = sequential([conv2d(2, 2, { stride: [2, 3], groups: 2 }), layer, conv2d(2, 1)]);
    using model = await net.build([2, 7, 9]);
    await compare(model, name);
  }
});

test("a window reaches beyond the border, and what is visible does not", async () => {
  using model = await sequential({
    conv: conv2d(2, 5, { stride: 2, padding: [2, 1, 2, 1] }),
    wide: conv2d(2, 3, { padding: 2, dilation: 2 }),
  }).build([1, 16, 20]);
  const field = receptiveField(model, "wide", { unit: [0, 8] });
  assert.equal(field, {
    size: 13,
    stride: 2,
    offset: [-6, -5],
    units: [8, 9],
    picture: [16, 20],
    window: { top: -6, left: 11, bottom: 7, right: 24 },
    visible: { top: 0, left: 11, bottom: 7, right: 20 },
  });
  assert.equal(receptiveField(model, "wide"), {
    size: 13,
    stride: 2,
    offset: [-6, -5],
    units: [8, 9],
    picture: [16, 20],
  });
});

test("padding that shows the other side looks there", async () => {
  const at = async (paddingMode: (typeof PADDING_MODES)[number]): Promise<PixelWindow> => {
    using model = await sequential([conv2d(1, 3, { padding: 1, paddingMode })]).build([1, 6, 6]);
    return receptiveField(model, "", { unit: [0, 2] }).visible!;
  };
  assert.equal(await at("zeros"), { top: 0, left: 1, bottom: 2, right: 4 });
  assert.equal(await at("reflect"), { top: 0, left: 1, bottom: 2, right: 4 });
  assert.equal(await at("circular"), { top: 0, left: 1, bottom: 6, right: 4 });
});

test("AlexNet of the zoo: 51 at the second convolution, 99 at the third", async () => {
  using model = await alexnet();
  const [conv1, conv2, conv3] = ["features.0", "features.3", "features.6"].map((name) =>
    receptiveField(model, name, { unit: [6, 6] }),
  );
  assert.equal([conv1!.size, conv2!.size, conv3!.size], [11, 51, 99]);
  assert.equal([conv1!.stride, conv2!.stride, conv3!.stride], [4, 8, 16]);
  assert.equal(conv3!.visible, { top: 62, left: 62, bottom: 161, right: 161 });
  assert.equal(receptiveField(model, "classifier.6", { unit: [0, 0] }).visible, {
    top: 0,
    left: 0,
    bottom: 224,
    right: 224,
  });
});

test("of several inputs the one asked for, else the first that the layer depends on", async () => {
  const net = custom("Two", (scope, x) => {
    const other = scope.input("right") as Value;
    const a = scope.child("a", conv2d(2, 3), x);
    const b = scope.child("b", conv2d(2, 5, { padding: 1 }), other);
    scope.output("b", b);
    return scope.child(
      "product",
      custom("Product", () => scope.multiply(a, b)),
      x,
    );
  });
  const ports = ["left", "right"].map((name) => ({ name, shape: [1, 1, 8, 8], batch: true }));
  using model = await buildModel(network(net), ports, { outputs: ["product", "b"] });
  const size = (layer: string, input?: string) =>
    receptiveField(model, layer, { unit: [0, 0], ...(input && { input }) });
  assert.equal(size("product").size, 3);
  assert.equal(size("product", "right").visible, { top: 0, left: 0, bottom: 4, right: 4 });
  assert.equal(size("b").size, 5);
  assert.equal(size("a", "right"), {
    ...{ size: 0, stride: 0, offset: 0, units: [6, 6], picture: [8, 8] },
    ...{ window: { top: 0, left: 0, bottom: 0, right: 0 }, visible: null },
  });
  throwsMessage(() => size("a", "middle"), /no input "middle".*"left", "right"/);
});

test("errors name the layer, the unit and what there is", async () => {
  using model = await sequential({ conv: conv2d(2, 3), flat: flatten() }).build([1, 8, 9]);
  throwsMessage(() => receptiveField(model, "conf"), /no layer "conf".*conv, flat/);
  throwsMessage(
    () => receptiveField(model, "conv", { unit: [6, 0] }),
    /y of the unit, of \[6, 7\] in layer "conv" is 6.*from 0 to 5/,
  );
  throwsMessage(() => receptiveField(model, "flat", { unit: [0, 1] }), /x of the unit, of \[1, 1\]/);
  throwsMessage(
    () => receptiveField(model, "conv", { unit: 3 as never }),
    /unit is 3.*\[y, x\] in the 6 x 7 units of layer "conv"/,
  );
  throwsMessage(
    () => receptiveField(model, "conv", { unit: [0, 0], channel: 2 }),
    /channel of layer "conv" is 2.*from 0 to 1/,
  );
  throwsMessage(() => receptiveField(model, "conv", { units: [0, 0] } as never), /unknown option "units"/);
  throwsMessage(() => receptiveField(sequential([]) as never), /the model is .*a model, as await/);
});

test.run();
