// The gradients of every family of the zoo, on small members and one batch, against PyTorch: see test/goldens/zoo_gradients.py.

import type { Model } from "featuremap";
import { crossEntropy, sgd, Trainer } from "featuremap/train";
import { readSafetensors } from "featuremap/weights";
import * as zoo from "featuremap/zoo";
import { fixture } from "../harness/fixture.js";
import { fill, picture, uniform } from "../harness/hashed.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("gradients of the zoo");

/** What zoo_gradients.py says of a network besides its numbers. */
interface Golden {
  readonly shape: readonly number[];
  /** Name of the input in hashed.ts. */
  readonly picture: string;
  readonly targets: readonly number[];
  readonly gain: Readonly<Record<string, number>>;
  /** Ends of the names of shifts that are moved away from 0. */
  readonly away: readonly string[];
  /** How far a gradient may be off, of its length. */
  readonly tolerance: number;
  readonly parameters: readonly string[];
}

const { tensors, metadata } = readSafetensors(await fixture("goldens/zoo-gradients.safetensors"));
const goldens: Readonly<Record<string, Golden>> = JSON.parse(metadata.networks!);

const { basicBlock, bottleneck } = zoo;
const blocks = [
  [1, 8],
  [2, 16],
] as const;

const heads = { auxiliary: true, dropout: 0, auxiliaryDropout: 0 };

/** The same networks as there, by the same names. */
const networks: Readonly<Record<string, (options: zoo.ZooOptions) => Promise<Model>>> = {
  lenet5: (options) => zoo.lenet5(options),
  alexnet: (options) => zoo.alexnet({ hidden: 64, dropout: 0, ...options }),
  alexnet_2012: (options) => zoo.alexnet2012({ hidden: 64, dropout: 0, ...options }),
  vgg: (options) => zoo.vgg({ blocks, hidden: 32, dropout: 0, ...options }),
  vgg_bn: (options) => zoo.vgg({ blocks, hidden: 32, dropout: 0, batchNorm: true, ...options }),
  nin_cifar: (options) => zoo.ninCifar({ dropout: 0, ...options }),
  squeezenet1_0: (options) => zoo.squeezenet1_0({ dropout: 0, ...options }),
  squeezenet1_1: (options) => zoo.squeezenet1_1({ dropout: 0, ...options }),
  resnet: (options) => zoo.resnet({ block: basicBlock, layers: [2, 1, 1, 1], ...options }),
  resnet_bottleneck: (options) => zoo.resnet({ block: bottleneck, layers: [1, 2, 1, 1], ...options }),
  resnext: (options) =>
    zoo.resnet({ block: bottleneck, layers: [1, 1, 1, 1], groups: 8, widthPerGroup: 4, ...options }),
  resnet_cifar: (options) => zoo.resnetCifar({ depth: 14, ...options }),
  resnet_cifar_a_centred: (options) => zoo.resnetCifar({ depth: 14, shortcut: "A-centred", ...options }),
  resnet_cifar_b: (options) => zoo.resnetCifar({ depth: 14, shortcut: "B", ...options }),
  googlenet: (options) => zoo.googlenet({ ...heads, transformInput: true, ...options }),
  googlenet_2014: (options) => zoo.googlenet2014({ ...heads, ...options }),
  inception_v2: (options) => zoo.inceptionV2(options),
  inception_v3: (options) => zoo.inceptionV3({ auxiliary: true, dropout: 0, ...options }),
  mobilenet_v1: (options) => zoo.mobilenetV1({ width: 0.5, ...options }),
  mobilenet_v1_same: (options) => zoo.mobilenetV1({ width: 0.25, padding: "same", eps: 1e-3, ...options }),
  mobilenet_v1_folded: (options) =>
    zoo.mobilenetV1({ width: 0.25, padding: "same", batchNorm: false, ...options }),
  mobilenet_v2: (options) => zoo.mobilenetV2({ width: 0.35, dropout: 0, ...options }),
  xception: (options) => zoo.xception({ padding: "same", eps: 1e-3, ...options }),
};

/** As in zoo_gradients.py. */
const AWAY = 2.5;

/** Moves shifts away from 0, so that the ReLUs behind them are far from turning. */
function moveAway(store: Model["store"], endings: readonly string[]): void {
  for (const entry of store.entries.values()) {
    if (!endings.some((ending) => entry.name.endsWith(ending))) continue;
    const shifts = store.floats(entry);
    shifts.set(shifts.map((value) => value + (value < -0.05 ? -AWAY : AWAY)));
  }
}

for (const [name, golden] of Object.entries(goldens)) {
  test(`${name}: loss and the gradient of every parameter are PyTorch's`, async () => {
    const { shape, targets, parameters } = golden;
    const inputShape = shape.slice(1);
    using model = await networks[name]!({ inputShape, numClasses: 5, initialize: false });
    fill(model.store, golden.gain);
    moveAway(model.store, golden.away);
    using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ lr: 0.1 }) });
    const inputs = picture(golden.picture, shape);
    const { loss } = await trainer.step({ inputs, targets: Int32Array.from(targets) });
    near([loss], tensors.get(`${name}.loss`)!.data, { rtol: golden.tolerance / 10 }, "loss");

    const gradients = trainer.gradients();
    assert.equal([...gradients.keys()].sort(), [...parameters].sort());
    const rows = tensors.get(`${name}.gradients`)!.toNested() as number[][];
    const longest = Math.max(...rows.map(([length]) => length!));
    for (const [i, key] of parameters.entries()) {
      const { data } = gradients.get(key)!;
      const expected = rows[i]!;
      const dot = (other: Float32Array): number =>
        data.reduce((sum, value, at) => sum + value * other[at]!, 0);
      const products = expected.slice(1).map((_, k) => dot(uniform(`${key}.${k}`, data.length)));
      // A bias before batch norm has no gradient but rounding errors.
      const atol = golden.tolerance * (expected[0]! + 1e-3 * longest);
      near([Math.sqrt(dot(data)), ...products], expected, { atol, rtol: 0 }, `gradient of ${key}`);
    }
  });
}

/** A member's name without its size: resnet50, resnet; mobilenet_v1_075, mobilenet_v1. */
const familyOf = (name: string): string => name.replace(/(?<=[a-z])\d{2,}/, "").replace(/_0\d\d$/, "");

test("every family of the zoo's table has what PyTorch computes for it, and nothing is left over", () => {
  assert.equal(Object.keys(networks).sort(), Object.keys(goldens).sort());
  const families = Object.keys(zoo.models).map(familyOf);
  assert.equal(
    families.filter((family) => !goldens[family]),
    [],
    "families without gradients: add them to test/goldens/zoo_gradients.py and to the table above",
  );
});

test.run();
