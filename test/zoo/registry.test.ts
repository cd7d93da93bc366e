// The table of networks, and what all of them understand, on small ones.

import { relu, sequential, tensor } from "featuremap";
import { writeSafetensors } from "featuremap/weights";
import * as zoo from "featuremap/zoo";
import { preprocessingFor } from "../../src/image/index.js";
import { picture, weight } from "../harness/hashed.js";
import { assert, near, rejectsMessage, suite } from "../harness/suite.js";
import { machine } from "../wasm/machines.js";

const test = suite("the zoo's table");

const { models, resnetCifar } = zoo;

test("every network says what it is, and has a function of its own", () => {
  for (const [name, { title, paper, inputShape, classes, numClasses, recipe }] of Object.entries(models)) {
    assert.ok(title.length > 3 && /\d{4}/.test(paper), name);
    assert.is(inputShape.length, 3, name);
    assert.is(classes.length, numClasses, name);
    assert.ok(recipe.epochs > 0 && recipe.batchSize > 0 && recipe.lr > 0, name);
    const camelCase = name.replace(/_([a-z]|\d{4})/g, (_, first: string) => first.toUpperCase());
    // Shortcuts B are an option of the function.
    const called = camelCase.replace(/CifarB$/, "Cifar");
    assert.is(typeof (zoo as Record<string, unknown>)[called], "function", `${name}: ${called}`);
  }
});

/** Per channel, and shorter side, what is cut out, and how it is resized: as torchvision, timm and the authors say. */
const pictures: Readonly<Record<string, object>> = {
  imagenet: { shorter: 256, size: [224, 224], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  // 256 / 224 of 227.
  alexnet_2012: { shorter: 259, size: [227, 227], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  cifar: { size: [32, 32], mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  lenet5: { size: [28, 28], pad: 2, grayscale: true, onBlack: true, mean: 0.1307, std: 0.3081 },
  googlenet: { shorter: 256, size: [224, 224], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  inception_v3: { shorter: 342, size: [299, 299], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  mobilenet_v1: { shorter: 256, size: [224, 224], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  // timm's crop_pct: 299 / 0.8975.
  xception: {
    shorter: 333,
    size: [299, 299],
    method: "bicubic",
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  },
};

test("pictures go through what the weights were trained on", () => {
  for (const [name, { inputShape, preprocessing }] of Object.entries(models)) {
    const kind = name.includes("cifar") ? "cifar" : name.replace(/_0\d\d$/, "");
    const { grayscale = false, ...rest } = preprocessingFor(preprocessing!, inputShape)!;
    assert.equal(
      { grayscale, ...rest },
      { grayscale: false, ...(pictures[kind] ?? pictures.imagenet) },
      name,
    );
  }
});

test("with transformInput the network, not the picture, goes over to numbers from -1 to 1", async () => {
  // Colours p from 0 to 1 become 2 p - 1 either way.
  const colours = [0.2, 0.6, 0.9];
  const data = Float32Array.from(
    colours,
    (p, c) => (p - [0.485, 0.456, 0.406][c]!) / [0.229, 0.224, 0.225][c]!,
  );
  for (const make of [zoo.googlenet, zoo.inceptionV3]) {
    const inputShape = [3, 75, 75];
    using model = await make({ transformInput: true, inputShape, initialize: false });
    const grey = { width: 1, height: 1, channels: 3, data: Uint8Array.of(51, 153, 255) } as const;
    const prepared = await model.prepare!(grey);
    near(
      [0, 1, 2].map((c) => prepared.data[c * 75 * 75]!),
      [(0.2 - 0.485) / 0.229, (0.6 - 0.456) / 0.224, (1 - 0.406) / 0.225],
      { atol: 1e-5, rtol: 1e-5 },
    );
    const pixels = new Float32Array(3 * 75 * 75);
    for (const c of [0, 1, 2]) pixels.fill(data[c]!, c * 75 * 75, (c + 1) * 75 * 75);
    const { transform } = await model.taps(tensor(pixels, [1, ...inputShape]), ["transform"]);
    near(
      [0, 1, 2].map((c) => transform!.data[c * 75 * 75]!),
      [-0.6, 0.2, 0.8],
      { atol: 1e-5, rtol: 1e-5 },
    );
  }
});

/** The smallest ResNet for CIFAR-10, with numbers of its own. */
async function weightsOf(classes: number, metadata: Record<string, string> = {}): Promise<Uint8Array> {
  using model = await resnetCifar({ depth: 8, width: 4, numClasses: classes, initialize: false });
  const state = [...model.stateDict()].map(([name, { shape }]) => [name, weight(name, shape)] as const);
  return writeSafetensors(new Map(state), metadata);
}

test("the number of classes is that of the weights, and names of classes fit it", async () => {
  using seven = await resnetCifar({ depth: 8, width: 4, weights: await weightsOf(7) });
  assert.equal([seven.outputShape, seven.classes], [[7], []]);
  const named = await weightsOf(2, { classes: '["cat", "dog"]' });
  using two = await resnetCifar({ depth: 8, width: 4, weights: named });
  assert.equal([two.outputShape, two.classes], [[2], ["cat", "dog"]]);
  using renamed = await resnetCifar({ depth: 8, width: 4, weights: named, classes: ["a", "b"] });
  assert.equal(renamed.classes, ["a", "b"]);
  using usual = await resnetCifar({ depth: 8, width: 4 });
  assert.is(usual.classes[3], "cat");
  using more = await resnetCifar({ depth: 8, width: 4, numClasses: 12 });
  assert.equal([more.outputShape, more.classes], [[12], []]);
  await rejectsMessage(
    () => resnetCifar({ depth: 8, width: 4, numClasses: 3, classes: ["a", "b"] }),
    /2 class names do not fit the output \[3\]/,
  );
});

test("a last layer of other classes starts anew where the weights' is skipped", async () => {
  const weights = await weightsOf(7);
  using on = machine(1);
  await rejectsMessage(
    () => resnetCifar({ depth: 8, width: 4, weights, numClasses: 3, runtime: on }),
    /wrongly shaped: fc\.weight \(\[7, 16\] instead of \[3, 16\]\)/,
  );
  assert.is(on.heap.usedBytes, 0);
  using model = await resnetCifar({ depth: 8, width: 4, weights, numClasses: 3, skip: ["fc"], seed: 1 });
  using fresh = await resnetCifar({ depth: 8, width: 4, numClasses: 3, seed: 1 });
  const [state, other] = [model.stateDict(), fresh.stateDict()];
  assert.equal(state.get("fc.weight"), other.get("fc.weight"));
  assert.equal(state.get("layer2.0.conv1.weight"), weight("layer2.0.conv1.weight", [8, 4, 3, 3]));
});

test("weights come in every form that readWeights takes, with its options", async () => {
  const bytes = await weightsOf(10);
  const ends: number[] = [];
  const onProgress = ({ receivedBytes }: { receivedBytes: number }) => void ends.push(receivedBytes);
  for (const weights of [bytes, new Blob([bytes as BlobPart]), new Blob([bytes as BlobPart]).stream()]) {
    using model = await resnetCifar({ depth: 8, width: 4, weights, onProgress });
    assert.equal(model.stateDict().get("fc.bias"), weight("fc.bias", [10]));
  }
  assert.is(ends.at(-1), bytes.length);
  const small = { depth: 8, width: 4 };
  await rejectsMessage(
    () => resnetCifar({ ...small, weights: bytes, sha256: "0".repeat(64) }),
    /its SHA-256 is [0-9a-f]{64}, not 0{64} as asked for/,
  );
  await rejectsMessage(
    () => resnetCifar({ ...small, skip: ["fc"] }),
    /^resnetCifar: skip is \["fc"\]; it must be left out where no weights are given/,
  );
});

test("the names of weights tell the shortcuts of a ResNet for CIFAR-10", async () => {
  const input = picture("shortcuts", [1, 3, 32, 32]);
  const outputOf = async (options: Partial<Parameters<typeof resnetCifar>[0]>): Promise<Float32Array> => {
    using model = await resnetCifar({ depth: 8, width: 4, ...options });
    return (await model.predict(input)).data;
  };
  const renamed = async (shortcut: "A" | "B", rename: (name: string) => string): Promise<Uint8Array> => {
    using model = await resnetCifar({ depth: 8, width: 4, shortcut, initialize: false });
    const state = [...model.stateDict()].map(([name, { shape }]) => [name, weight(name, shape)] as const);
    return writeSafetensors(new Map(state.map(([name, tensor]) => [rename(name), tensor])));
  };
  const plain = await renamed("A", (name) => name);
  const akamaster = await renamed("A", (name) => `module.${name.replace("fc.", "linear.")}`);
  const projected = await renamed("B", (name) => name);
  const shortcuts = await renamed("B", (name) =>
    name.replace("fc.", "linear.").replace("downsample", "shortcut"),
  );
  const centred = await outputOf({ weights: plain, shortcut: "A-centred" });
  assert.equal(await outputOf({ weights: akamaster }), centred);
  assert.not.equal(await outputOf({ weights: plain }), centred);
  assert.equal(await outputOf({ weights: shortcuts }), await outputOf({ weights: projected, shortcut: "B" }));
  assert.equal(await outputOf({ weights: projected }), await outputOf({ weights: projected, shortcut: "B" }));
});

test("a picture is prepared for the network", async () => {
  using model = await resnetCifar({ depth: 8, width: 4 });
  const image = { width: 48, height: 40, channels: 3, data: new Uint8Array(48 * 40 * 3).fill(200) };
  const guesses = await model.classify(image, { top: 3 });
  assert.is(guesses.length, 3);
});

test("options that a network does not have are errors, not ignored", async () => {
  await rejectsMessage(
    () => zoo.vgg16({ width: 2 } as object),
    /^vgg: unknown option "width"\. It takes: .*weights.*blocks, batchNorm, hidden, dropout\.$/,
  );
  await rejectsMessage(
    () => resnetCifar({ depth: 21 }),
    /^resnetCifar: depth is 21; it must be 6 n \+ 2 for n blocks/,
  );
  await rejectsMessage(
    () => zoo.resnet18({ groups: 2, initialize: false }),
    /^basicBlock: unknown option "groups"/,
  );
});

test("a network of one's own is composed of blocks of several papers", async () => {
  const { basicBlock, bottleneck, fire, ninBlock, vggBlock } = zoo;
  using model = await sequential({
    vgg: vggBlock(2, 12, { batchNorm: true }), // 16x16x12
    res: basicBlock(16, { stride: 2, shortcut: "A" }), // 8x8x16
    neck: bottleneck(6, { stride: 2 }), // 4x4x24
    fire: fire(4, 8, 8), // 4x4x16
    nin: ninBlock([20, 10, 5], 3), // 2x2x5
    act: relu(),
  }).build([3, 32, 32], { seed: 4 });
  assert.equal(model.outputShape, [5, 2, 2]);
  const { shape, data } = await model.predict(picture("composed", [2, 3, 32, 32]));
  assert.equal(shape, [2, 5, 2, 2]);
  assert.ok(data.every(Number.isFinite) && data.some((x) => x !== 0));
  assert.equal(
    model
      .parameters()
      .map(({ name }) => name)
      .filter((name) => name.startsWith("neck.")),
    [
      ...["conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight", "bn2.weight", "bn2.bias"],
      ...["conv3.weight", "bn3.weight", "bn3.bias"],
      ...["downsample.0.weight", "downsample.1.weight", "downsample.1.bias"],
    ].map((name) => `neck.${name}`),
  );
});

test.run();
