import { fit, sgd } from "../../src/train/index.js";
import { assert, suite } from "../harness/suite.js";
import { barNetwork, bars, one, weightsOf } from "./problems.js";

const test = suite("fit");

test("learns to tell bars apart", async () => {
  using model = await barNetwork().build([1, 8, 8], { seed: 1, runtime: one });
  const { history, stopped, steps } = await fit(model, bars(300), {
    epochs: 8,
    optimizer: sgd({ lr: 0.1, momentum: 0.9 }),
    validation: bars(100, 1),
  });
  console.log(JSON.stringify(history));
  assert.is(stopped, "epochs");
  assert.is(steps, 80);
  assert.ok(history.at(-1)!.validationAccuracy! > 0.95);
  assert.ok(weightsOf(model).length > 0);
});

test.run();
