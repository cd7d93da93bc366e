import {
  conv2d,
  custom,
  flatten,
  linear,
  maxPool2d,
  Random,
  relu,
  sequential,
  Tensor,
} from "../../src/index.js";
import { formatPlan, tune } from "../../src/inspect/index.js";
import { assert, near, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("tune");

const network = sequential({
  stem: conv2d(16, 3),
  act: relu(),
  point: conv2d(24, 1),
  small: conv2d(24, 3, { padding: 1 }),
  strided: conv2d(24, 3, { stride: 2 }),
  wide: conv2d(16, 5),
  flat: flatten(),
  head: linear(4),
});

const conv2d3 = () => sequential([conv2d(16, 3)]);

test("measures each convolution that can be computed in several ways, and goes by it", async () => {
  using model = await network.build([3, 20, 22], { seed: 1 });
  const random = new Random(2);
  const x = new Tensor(
    Float32Array.from({ length: 3 * 20 * 22 }, () => random.normal()),
    [1, 3, 20, 22],
  );
  const expected = await model.predict(x);
  model.rest();
  const used = model.runtime.heap.usedBytes;
  const layers = await tune(model);
  assert.is(model.runtime.heap.usedBytes, used, "the memory is back");
  assert.equal(
    layers.map(({ name, before }) => [name, before]),
    [
      ["small", "winograd4"],
      ["strided", "direct"],
      ["wide", "winograd2of5"],
    ],
  );
  assert.equal(
    layers.map(({ ms }) => Object.keys(ms).sort()),
    [
      ["direct", "winograd2", "winograd4"],
      ["direct", "winograd2at2"],
      ["direct", "winograd2of5"],
    ],
  );
  const kernels: Record<string, string> = { direct: "contract" };
  const plan = formatPlan(model).split("\n");
  for (const { name, ms, fastest } of layers) {
    const times = Object.values(ms);
    assert.ok(times.every((time) => time > 0));
    assert.is(ms[fastest], Math.min(...times));
    const steps = plan.filter((line) => line.endsWith(`# ${name}`)).map((line) => line.split("(")[0]);
    assert.ok(steps.includes(kernels[fastest] ?? fastest), `${name}: ${fastest} in ${steps.join()}`);
  }
  near((await model.predict(x)).data, expected.data, { atol: 1e-5, rtol: 1e-4 }, "outputs");
});

test("a layer that is used twice goes the way that is best for both; winograd: false stays", async () => {
  const shared = conv2d(32, 3, { padding: 1 });
  const twice = custom("Twice", (scope, x) => {
    const first = scope.child("conv", shared, x);
    return scope.child("conv", shared, scope.child("pool", maxPool2d(24), first));
  });
  using model = await sequential({ twice }).build([32, 24, 24]);
  const [layer, ...others] = await tune(model);
  assert.equal(others, []);
  assert.is(layer!.ms[layer!.fastest], Math.min(...Object.values(layer!.ms)));
  assert.ok(layer!.fastest !== "direct", "24x24 outweighs 1x1");
  using plain = await conv2d3().build([16, 12, 12], { winograd: false });
  await rejectsMessage(() => tune(plain), /built with winograd: false, so there is nothing to choose/);
});

test("there is nothing to choose in a network without convolutions", async () => {
  using plain = await sequential([flatten(), linear(3)]).build([2, 4, 4]);
  assert.equal(await tune(plain), []);
  await rejectsMessage(() => tune({} as never), /tune: the model is .*; it must be a model/);
});

test.run();
