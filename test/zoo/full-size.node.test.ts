// Every network of the zoo at full size, on random weights, against PyTorch: see test/goldens/zoo.py.

import { createHash } from "node:crypto";
import { readSafetensors } from "featuremap/weights";
import { models } from "featuremap/zoo";
import { fixture } from "../harness/fixture.js";
import { fill, picture } from "../harness/hashed.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("the zoo at full size");

/** What zoo.py says of a network besides its output. */
interface Golden {
  readonly input: readonly number[];
  /** Factors of weights, by the end of their name. */
  readonly gain: Readonly<Record<string, number>>;
  readonly parameters: number;
  /** Of the state_dict: how many, and the SHA-256 of its sorted lines "name shape". */
  readonly entries: number;
  readonly digest: string;
}

const { tensors, metadata } = readSafetensors(await fixture("goldens/zoo.safetensors"));
const goldens: Readonly<Record<string, Golden>> = JSON.parse(metadata.networks!);

for (const [name, { input, gain, parameters, entries, digest }] of Object.entries(goldens)) {
  test(`${name}: parameters, names and output are PyTorch's`, async () => {
    const network = models[name]!;
    using model = await network.create({ initialize: false });
    assert.is(model.parameterCount, parameters);
    assert.is(network.parameters, parameters);
    assert.equal([1, ...model.inputShape], input);
    assert.equal(model.inputShape, network.inputShape);

    const names = [...model.store.entries.values()].map(
      ({ name: key, shape }) => `${key} ${shape.join("x")}\n`,
    );
    assert.is(names.length, entries);
    assert.is(createHash("sha256").update(names.sort().join("")).digest("hex"), digest);

    fill(model.store, gain);
    const output = await model.predict(picture("input", input));
    const expected = tensors.get(name)!;
    assert.equal(output.shape, expected.shape);
    const largest = expected.data.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
    const error = output.data.reduce((max, x, i) => Math.max(max, Math.abs(x - expected.data[i]!)), 0);
    assert.ok(error <= 1e-4 * largest, `off by ${error / largest} of the largest score`);
  });
}

test("every network has what PyTorch computes for it", () => {
  // LeNet-5 has goldens of its own, with gradients.
  assert.equal(
    Object.keys(models).filter((name) => name !== "lenet5" && !goldens[name]),
    [],
  );
});

test.run();
