// Forms, options and blocks of the inception and mobile families. Their outputs and gradients are in other files.

import { flatten, globalAvgPool2d, linear, type Model, sequential, Tensor } from "featuremap";
import * as zoo from "featuremap/zoo";
import { fill, picture, weight } from "../harness/hashed.js";
import { assert, near, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";

const test = suite("inception and mobile networks");

const ROUNDING = { atol: 1e-5, rtol: 1e-4 };

test("auxiliary heads and widths have torchvision's parameters", async () => {
  const counts: [Promise<Model>, number][] = [
    [zoo.googlenet({ auxiliary: true, initialize: false }), 13_004_888],
    // Caffe's bvlc_googlenet.
    [zoo.googlenet2014({ auxiliary: true, initialize: false }), 13_378_280],
    [zoo.inceptionV3({ auxiliary: true, initialize: false }), 27_161_264],
    [zoo.mobilenetV2({ width: 1.4, initialize: false }), 6_108_776],
    [zoo.mobilenetV2({ width: 0.75, initialize: false }), 2_636_424],
    [zoo.mobilenetV2({ width: 0.35, initialize: false }), 1_677_128],
  ];
  for (const [made, parameters] of counts) {
    using model = await made;
    assert.is(model.parameterCount, parameters);
  }
});

test("auxiliary heads say how large pictures must be", async () => {
  const [initialize, numClasses] = [false, 2];
  const helped = { auxiliary: true };
  const sized = (size: number) => ({ inputShape: [3, size, size], initialize, numClasses });
  await rejectsMessage(
    () => zoo.inceptionV3({ ...sized(75), ...helped }),
    /"AuxLogits".*needs 17x17 pixels at least, here it gets 3x3\. Take pictures of 299x299 or more, or .*auxiliary: false/,
  );
  await rejectsMessage(() => zoo.inceptionV3({ ...sized(298), ...helped }), /17x17 .* gets 16x16/);
  await rejectsMessage(() => zoo.googlenet2014({ ...sized(78), ...helped }), /5x5 .* gets 4x4.* 79x79/);
  using _small = await zoo.inceptionV3(sized(75));
  using _least = await zoo.googlenet2014({ ...sized(79), ...helped });
  using _any = await zoo.googlenet({ ...sized(33), ...helped });
});

test("auxiliary heads change nothing but training, and files that have them load without", async () => {
  const options = { numClasses: 3, inputShape: [3, 64, 64], initialize: false };
  using helped = await zoo.googlenet({ ...options, auxiliary: true });
  fill(helped.store);
  using alone = await zoo.googlenet(options);
  const state = helped.stateDict();
  alone.loadStateDict(state);
  const input = picture("input", [1, 3, 64, 64]);
  assert.equal((await helped.predict(input)).data, (await alone.predict(input)).data);
  assert.not(alone.stateDict().has("aux1.fc1.weight"));
  state.delete("fc.bias");
  await rejectsMessage(async () => alone.loadStateDict(state), /missing: fc\.bias\./);
});

test("transformInput sees a picture as the network without it does", async () => {
  const options = { numClasses: 4, inputShape: [3, 48, 48], initialize: false };
  using plain = await zoo.googlenet(options);
  using transforming = await zoo.googlenet({ ...options, transformInput: true });
  const image = {
    width: 50,
    height: 60,
    channels: 3,
    data: new Uint8Array(9000).map((_, i) => (i * i) % 251),
  };
  fill(plain.store);
  fill(transforming.store);
  const [a, b] = await Promise.all([plain, transforming].map((model) => model.prepare!(image)));
  assert.ok(Math.abs(a!.data[5]! - b!.data[5]!) > 0.01);
  near((await transforming.predict(b!)).data, (await plain.predict(a!)).data, ROUNDING);
});

test("a module in Caffe's flat names can be looked at as a whole", async () => {
  using model = await zoo.inceptionV2({ inputShape: [3, 64, 64], numClasses: 2, initialize: false });
  const { inception_3a, inception_3c } = await model.taps(picture("input", [1, 3, 64, 64]), [
    "inception_3a",
    "inception_3c",
  ]);
  assert.equal([inception_3a!.shape, inception_3c!.shape], [[1, 256, 8, 8], [1, 576, 4, 4]]); // biome-ignore format: pairs
});

test("the blocks compose new networks", async () => {
  const sizes = { ch1x1: 8, ch3x3red: 4, ch3x3: 12, ch5x5red: 4, ch5x5: 8, poolProj: 4 };
  const { ch5x5red: chDouble3x3red, ch5x5: chDouble3x3, ...others } = sizes;
  const { ch3x3red, ch3x3 } = sizes;
  using model = await sequential({
    first: zoo.depthwiseSeparable(8, { stride: 2, padding: "same" }), // 16x20x8
    one: zoo.inception({ ...sizes, batchNorm: true }), // 16x20x32
    two: zoo.inceptionModuleV2({ ...others, chDouble3x3red, chDouble3x3, pool: "max" }), // 16x20x32
    smaller: zoo.inceptionModuleV2({ ch3x3red, ch3x3, chDouble3x3red, chDouble3x3, stride: 2 }), // 8x10x52
    a: zoo.inceptionA(8), // 8x10x232
    wide: zoo.invertedResidual(16, { stride: 2 }), // 4x5x16
    same: zoo.invertedResidual(16, { expand: 2 }), // 4x5x16
    middle: zoo.xceptionBlock([12, 24], { stride: 2 }), // 2x3x24
    thin: zoo.separableConv2d(6), // 2x3x6
    pool: globalAvgPool2d(),
    flatten: flatten(),
    fc: linear(3),
  }).build([3, 32, 40], { seed: 2 });
  const shapes = new Map(model.layers.map(({ name, output }) => [name, output.shape.slice(1).join("x")]));
  const of = (...names: string[]): string[] => names.map((name) => shapes.get(name)!);
  assert.equal(of("first", "one", "two", "smaller"), ["8x16x20", "32x16x20", "32x16x20", "52x8x10"]);
  assert.equal(of("a", "wide", "same"), ["232x8x10", "16x4x5", "16x4x5"]);
  assert.equal(of("middle", "thin", "fc"), ["24x2x3", "6x2x3", "3"]);
  const { data } = await model.predict(picture("composed", [2, 3, 32, 40]));
  assert.ok(data.every(Number.isFinite) && data.some((x) => x !== 0));
  const names = new Set(model.stateDict().keys());
  for (const name of [
    "one.branch2.0.bn.running_mean",
    "two.double_3x3_2_bn.weight",
    "wide.conv.1.0.weight",
  ]) {
    assert.ok(names.has(name), name);
  }
});

test("MobileNets take other sizes than they were built for", async () => {
  using model = await zoo.mobilenetV1({ width: 0.25, numClasses: 2, seed: 1 });
  assert.equal((await model.predict(picture("small", [2, 3, 70, 96]))).shape, [2, 2]);
});

test("stages of one's own make another MobileNet-v2", async () => {
  const stages = [
    { expand: 1, channels: 8, n: 1, stride: 2 },
    { expand: 3, channels: 16, n: 2, stride: 2 },
  ];
  using model = await zoo.mobilenetV2({ stages, numClasses: 2, inputShape: [3, 32, 32], initialize: false });
  const shapes = model.layers
    .filter(({ name }) => /^features\.\d$/.test(name))
    .map(({ output }) => output.shape);
  assert.equal(
    shapes.map((shape) => shape.slice(1).join("x")),
    ["32x16x16", "8x8x8", "16x4x4", "16x4x4", "1280x4x4"],
  );
});

/** A file of TensorFlow Lite with zeros but for the kernels of the stem, as [out, h, w, in], and a depthwise convolution. */
async function tensorflowLite(): Promise<Map<string, Tensor>> {
  using model = await zoo.mobilenetV1({ width: 0.25, batchNorm: false, numClasses: 4, initialize: false });
  const state = model.stateDict();
  const names = new Map<string, Tensor>();
  let block = 0;
  for (const [name, { shape }] of state) {
    const [o, i = 1, h = 1, w = 1] = shape as number[];
    if (name.endsWith("conv_dw.weight")) block++;
    const layer = name.startsWith("conv_stem")
      ? "Conv2d_0"
      : name.startsWith("classifier")
        ? "Logits/Conv2d_1c_1x1"
        : `Conv2d_${block}_${name.includes("conv_dw") ? "depthwise" : "pointwise"}`;
    const zeros = (...sizes: number[]): Tensor =>
      new Tensor(new Float32Array(sizes.reduce((a, b) => a * b)), sizes);
    if (name.endsWith("bias")) names.set(`MobilenetV1/MobilenetV1/${layer}/convolution_bias`, zeros(o!));
    else if (name.includes("conv_dw"))
      names.set(`MobilenetV1/${layer}/depthwise_weights`, zeros(1, h, w, o!));
    else names.set(`MobilenetV1/${layer}/weights`, zeros(o!, h, w, i));
  }
  names.set("MobilenetV1/Conv2d_0/weights", weight("stem", [8, 3, 3, 3]));
  names.set("MobilenetV1/Conv2d_3_depthwise/depthwise_weights", weight("depthwise", [1, 3, 3, 32]));
  return names;
}

test("kernels of TensorFlow Lite are turned into torch's order", async () => {
  const file = await tensorflowLite();
  using model = await zoo.mobilenetV1({
    width: 0.25,
    batchNorm: false,
    padding: "same",
    numClasses: 4,
    initialize: false,
  });
  model.loadStateDict(file);
  const state = model.stateDict();
  const stem = weight("stem", [8, 3, 3, 3]).data;
  const depthwise = weight("depthwise", [1, 3, 3, 32]).data;
  for (const [o, i, y, x] of [[1, 2, 0, 1], [7, 0, 2, 0]] as const) // biome-ignore format: places
    assert.is(
      state.get("conv_stem.weight")!.data[((o * 3 + i) * 3 + y) * 3 + x],
      stem[((o * 3 + y) * 3 + x) * 3 + i],
    );
  for (const [c, y, x] of [[31, 1, 2], [4, 2, 0]] as const) // biome-ignore format: places
    assert.is(
      state.get("blocks.1.1.conv_dw.weight")!.data[(c * 3 + y) * 3 + x],
      depthwise[(y * 3 + x) * 32 + c],
    );
  file.delete("MobilenetV1/Conv2d_5_pointwise/weights");
  throwsMessage(() => model.loadStateDict(file), /missing: blocks\.2\.1\.conv_pw\.weight/);
  file.set("MobilenetV1/Conv2d_5_pointwise/weights", new Tensor(new Float32Array(4), [4]));
  throwsMessage(
    () => model.loadStateDict(file),
    /"MobilenetV1\/Conv2d_5_pointwise\/weights" has shape \[4\]/,
  );
});

test("numbers and options that make no sense are errors", async () => {
  const sizes = { ch1x1: 8, ch3x3red: 4, ch3x3: 12, ch5x5red: 4, ch5x5: 8 };
  throwsMessage(() => zoo.inception(sizes as zoo.InceptionSizes), /^inception: poolProj is undefined/);
  const halving = { ch3x3red: 4, ch3x3: 12, chDouble3x3red: 4, chDouble3x3: 8, stride: 2 } as const;
  throwsMessage(
    () => zoo.inceptionModuleV2({ ...halving, poolProj: 8 }),
    /^inceptionModuleV2: poolProj is 8; stride 2 has none\. Leave it out\./,
  );
  throwsMessage(
    () => zoo.inceptionModuleV2({ ...halving, stride: 1 }),
    /^inceptionModuleV2: ch1x1 is undefined/,
  );
  throwsMessage(() => zoo.inceptionA(0), /^inceptionA: channels of the pooling is 0/);
  throwsMessage(
    () => zoo.depthwiseSeparable(8, { padding: "valid" as "same" }),
    /^depthwiseSeparable: padding is "valid"; it must be "symmetric" or "same"\./,
  );
  throwsMessage(() => zoo.xceptionBlock([]), /^xceptionBlock: filters is \[\]/);
  await rejectsMessage(
    () => zoo.mobilenetV1({ width: 0 }),
    /^mobilenetV1: width is 0; it must be a number above 0/,
  );
  await rejectsMessage(() => zoo.mobilenetV2({ stages: [] }), /^mobilenetV2: stages is \[\]/);
  await rejectsMessage(
    () => zoo.googlenet({ aux: true } as object),
    /^googlenet: unknown option "aux"\. It takes: .*auxiliary/,
  );
});

test.run();
