// Every family of the zoo as an ONNX file, in ONNX Runtime, on random weights and smaller pictures.

import { exportOnnx } from "featuremap/onnx";
import { alexnet, alexnet2012, models, vgg, type ZooOptions } from "featuremap/zoo";
import type { Model } from "../../src/layers/model.js";
import { fill } from "../harness/hashed.js";
import { onnxRuntime } from "../harness/oracles.js";
import { assert, suite } from "../harness/suite.js";
import { compareWithRuntime } from "./runtime.js";

const test = suite("the zoo as ONNX");
test.before(() => void onnxRuntime());

/** Networks of more parameters would take long; smaller members of their families stand for them. */
const MOST_PARAMETERS = 26_000_000;
/** Of the same layers as others, only more or fewer of them. */
const ALIKE = /^resnet(34|32|44|56|110)|^mobilenet_v1_/;
const blocks = [
  [1, 8],
  [2, 16],
] as const;
const smaller: Readonly<Record<string, (options: ZooOptions) => Promise<Model>>> = {
  alexnet: (options) => alexnet({ hidden: 64, ...options }),
  alexnet_2012: (options) => alexnet2012({ hidden: 64, ...options }),
  vgg: (options) => vgg({ blocks, hidden: 64, ...options }),
  vgg_bn: (options) => vgg({ blocks, hidden: 64, batchNorm: true, ...options }),
};
const networks = new Map(
  Object.entries(smaller).map(([name, create]) => [
    name,
    () => create({ inputShape: [3, 96, 96], initialize: false }),
  ]),
);
for (const [name, { create, inputShape, parameters }] of Object.entries(models)) {
  const smallShape = inputShape.map((size) => Math.min(size, 96));
  if (parameters <= MOST_PARAMETERS && !ALIKE.test(name))
    networks.set(name, () => create({ inputShape: smallShape, initialize: false }));
}

for (const [name, create] of networks) {
  test(name, async () => {
    using model = await create();
    fill(model.store);
    const off = await compareWithRuntime(model);
    assert.ok(off <= 1e-5, `off by ${off} of the largest score`);
  });
}

test("what only training needs is not in the file", async () => {
  using model = await models.lenet5!.create();
  assert.ok(exportOnnx(model).length < model.parameterCount * 4 + 4000);
});

test.run();
