// The public types as a user's program meets them: compiled by `npm run check`, never run. The lines that a comment says
// must be errors, must be.

import {
  avgPool2d,
  batchNorm2d,
  conv2d,
  custom,
  dispose,
  FeatureMapError,
  flatten,
  type Guess,
  globalAvgPool2d,
  init,
  type Layer,
  linear,
  type Model,
  maxPool2d,
  type Network,
  type Padding,
  parallel,
  relu,
  residual,
  type Shape,
  sequential,
  sigmoid,
  type Tensor,
  tensor,
} from "featuremap";
import { fromArrays, mnist } from "featuremap/data";
import { conv1d, type crossEntropy as lossOf, maxPool2d as poolOf } from "featuremap/functional";
import { readImage, toTensor } from "featuremap/image";
import { evaluate, fit, sgd } from "featuremap/train";
import { readSafetensors, writeNpy } from "featuremap/weights";
import {
  bottleneck,
  lenet5,
  models,
  resnet,
  resnet18,
  resnetLayers,
  vgg16,
  vggBlock,
  type ZooOptions,
} from "featuremap/zoo";

/** Fails to compile unless both types are the same. */
const same = <A>() => ({
  as: <B>(..._proof: [A] extends [B] ? ([B] extends [A] ? [] : [never]) : [never]): void => {},
});

export function composing(): Network {
  const block = (channels: number, stride: number): Layer =>
    residual([conv2d(channels, 3, { stride, padding: 1, bias: false }), batchNorm2d(), relu()], {
      shortcut: conv2d(channels, 1, { stride }),
    });
  const paddings: Padding[] = [1, [1, 2], [1, 2, 3, 4] as const, { top: 1 }, "same", "valid"];
  for (const padding of paddings)
    conv2d(8, [3, 5], { padding, paddingMode: "reflect", dilation: [1, 2], groups: 2, flip: true });
  const gate = custom("Gate", (scope, x) => {
    same<Shape>().as<typeof x.shape>();
    const scale = scope.parameter("scale", [x.shape[1]!, 1, 1], (data) => data.fill(1));
    same<typeof x>().as<typeof scale>();
    return scope.multiply(x, scope.child("pool", globalAvgPool2d(), x));
  });
  return sequential({
    stem: conv2d(16, 7, { stride: 2 }),
    body: sequential([block(16, 1), block(32, 2), gate]),
    fork: parallel([avgPool2d(2), maxPool2d([2, 2], { stride: 2, ceilMode: true })]),
    flatten: flatten(),
    head: linear(10, { bias: false }),
  });
}

export async function running(net: Network): Promise<void> {
  using runtime = await init({ threads: 2, relaxed: false });
  using model = await net.build([1, 28, 28], { seed: 1, classes: ["a", "b"], runtime });
  same<Model>().as<typeof model>();
  const x = tensor(new Float32Array(784), [1, 1, 28, 28]);
  const y: Tensor = await model.predict(x);
  same<readonly number[]>().as<typeof y.shape>();
  const [best] = await model.classify(x, { top: 3 });
  same<Guess | undefined>().as<typeof best>();
  const { output, stem } = await model.taps(x, ["stem"]);
  same<Tensor | undefined>().as<typeof output | typeof stem>();
  model.loadStateDict(readSafetensors(await model.toSafetensors()).tensors, { strict: false });
  model.loadStateDict(
    new Map([
      [
        "head.weight",
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ],
    ]),
  );
  await model.load("weights.safetensors");
  await model.load(new Blob([]));
  await model.save("weights.safetensors");
  for (const { name, shape, trainable } of model.parameters()) console.log(name, shape.join("x"), trainable);
  writeNpy(model.predictSync(x));
  try {
    model.freeze("stem", "body.0");
  } catch (error) {
    if (error instanceof FeatureMapError) console.log(error.message);
  }
  dispose();
}

export async function training(): Promise<void> {
  const net = sequential([conv2d(6, 5, { padding: 2 }), sigmoid(), avgPool2d(2), flatten(), linear(10)]);
  using model = await net.build([1, 28, 28], { seed: 1 });
  await fit(model, await mnist("train"), {
    epochs: 5,
    batchSize: 64,
    optimizer: sgd({ lr: 0.1, momentum: 0.9 }),
  });
  await fit(model, fromArrays({ inputs: tensor([[[[1]]]]), targets: [1] }), { epochs: 1 });
  const { accuracy } = await evaluate(model, await mnist("test"));
  same<number>().as<typeof accuracy>();
  using digits = await lenet5({ weights: "lenet5.safetensors" });
  const [best] = await digits.classify(toTensor(await readImage("digit.png"), { grayscale: true }));
  console.log(best?.label, best?.probability);
}

export function functions(): void {
  const y = conv1d([1, 2], [2, -1, 2], { flip: true, padding: 2, bias: [1] });
  same<Tensor>().as<typeof y>();
  poolOf(
    [
      [1, 2],
      [3, 4],
    ],
    2,
  );
  poolOf(new Float32Array(4), 2);
  same<number>().as<ReturnType<typeof lossOf>>();
}

export async function zoo(signal: AbortSignal): Promise<Model[]> {
  const common: ZooOptions = { numClasses: 7, skip: ["fc"], signal, sha256: "00", initialize: false };
  const features = sequential([vggBlock(2, 64, { batchNorm: true }), bottleneck(16, { stride: 2 })]);
  return [
    await resnet18({ weights: new Blob().stream(), ...common }),
    await vgg16({ hidden: 512, dropout: 0, ...common }),
    await resnet({ block: bottleneck, layers: [3, 4, 6, 3], groups: 32, widthPerGroup: 4 }),
    await resnet({ block: (filters) => conv2d(filters, 3), layers: [1] }),
    await resnetLayers({ block: bottleneck, layers: [1, 1] }).build([3, 64, 64]),
    await features.build([3, 32, 32]),
    await models.vgg16_bn!.create(common),
  ];
}

export async function mistakes(model: Model): Promise<void> {
  // @ts-expect-error a function that was not called is no layer
  sequential([relu]);
  // @ts-expect-error a misspelt option
  conv2d(6, 5, { strides: 2 });
  // @ts-expect-error an option that pooling of means lacks
  avgPool2d(2, { dilation: 2 });
  // @ts-expect-error a mode that does not exist
  conv2d(6, 5, { paddingMode: "mirror" });
  // @ts-expect-error channels are a number
  conv2d("6", 5);
  // @ts-expect-error relu takes nothing
  relu({ inplace: true });
  // @ts-expect-error the shape of an input comes first
  composing().build();
  // @ts-expect-error a tensor, not nested numbers
  await model.predict([[1, 2]]);
  // @ts-expect-error a promise has to be awaited
  console.log(model.predict(tensor([1])).data);
  // @ts-expect-error shapes are read-only
  tensor([1]).shape[0] = 2;
  // @ts-expect-error fit needs to know for how long
  await fit(model, await mnist("train"), {});
  // @ts-expect-error a learning rate is needed
  sgd({});
  // @ts-expect-error an unknown option
  await init({ thread: 2 });
  // @ts-expect-error the blocks of a named network are its own
  await vgg16({ blocks: [[1, 64]] });
  // @ts-expect-error an option that another network has
  await resnet18({ dropout: 0 });
  // @ts-expect-error text is no tensor
  conv1d("1, 2", [1]);
}
