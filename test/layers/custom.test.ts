// Layers of one's own, through the public API alone.

import { conv2d, custom, flatten, sequential, tensor } from "../../src/index.js";
import { mse, sgd, Trainer } from "../../src/train/index.js";
import { assert, near, suite } from "../harness/suite.js";

/** y = x scale + shift, both learned for each channel. */
const affine = (channels: number) =>
  custom("Affine", (scope, x) => {
    const scale = scope.parameter("scale", [channels], (data) => data.fill(2));
    const shift = scope.parameter("shift", [channels], (data) => data.fill(-1));
    return scope.add(scope.multiply(x, scale), shift);
  });

const test = suite("layers of one's own");

test("parameters of one's own scale and shift, and are trained", async () => {
  using model = await sequential({ affine: affine(3), flat: flatten() }).build([3, 1, 2]);
  assert.equal([...model.stateDict().keys()], ["affine.scale", "affine.shift"]);
  const x = tensor([1, 2, 3, 4, 5, 6], [1, 3, 1, 2]);
  assert.equal(Array.from(model.predictSync(x).data), [1, 3, 5, 7, 9, 11]);

  // Mean squared difference to zero over 6 values: d/dscale = sum of 2 y x / 6, d/dshift = sum of 2 y / 6.
  using trainer = new Trainer(model, { loss: mse(), optimizer: sgd({ lr: 0.1 }) });
  await trainer.step({ inputs: x, targets: tensor([0, 0, 0, 0, 0, 0], [1, 6]) });
  const y = [1, 3, 5, 7, 9, 11];
  const pairs = [0, 2, 4];
  const scale = pairs.map((i) => 2 - (0.1 * 2 * (y[i]! * (i + 1) + y[i + 1]! * (i + 2))) / 6);
  const shift = pairs.map((i) => -1 - (0.1 * 2 * (y[i]! + y[i + 1]!)) / 6);
  near(model.stateDict().get("affine.scale")!.data, scale);
  near(model.stateDict().get("affine.shift")!.data, shift);
});

test("one child name twice shares the weights", async () => {
  const twice = custom("Twice", (scope, x) => {
    const conv = conv2d(2, 1, { bias: false });
    return scope.child("conv", conv, scope.child("conv", conv, x));
  });
  using model = await sequential([twice]).build([2, 1, 1]);
  model.loadStateDict(new Map([["0.conv.weight", tensor([0, 2, 3, 0], [2, 2, 1, 1])]]));
  assert.equal(Array.from(model.predictSync(tensor([1, 10], [1, 2, 1, 1])).data), [6, 60]);
});

test.run();
