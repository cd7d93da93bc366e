import { custom, flatten, sequential, tensor } from "../../src/index.js";
import { add } from "../../src/ops/add.js";
import { mse, sgd, Trainer } from "../../src/train/index.js";
import { near, suite } from "../harness/suite.js";

const test = suite("gradients that weights share");

test("two weights that are added have one gradient, and both move", async () => {
  const shift = custom("Shift", (scope, x) => {
    const parts = ["a", "b"].map((name) => scope.parameter(name, [2], (data) => data.fill(1)));
    return scope.add(x, scope.op(add, parts, {}));
  });
  using model = await sequential({ shift, flat: flatten() }).build([2, 1, 1]);
  using trainer = new Trainer(model, { loss: mse(), optimizer: sgd({ lr: 0.5 }) });
  await trainer.step({ inputs: tensor([3, -4], [1, 2, 1, 1]), targets: tensor([0, 0], [1, 2]) });
  // y = [5, -2]; the gradient of the mean of squares is 2 y / 2.
  for (const name of ["shift.a", "shift.b"]) near(model.stateDict().get(name)!.data, [1 - 2.5, 1 + 1]);
});
test.run();
