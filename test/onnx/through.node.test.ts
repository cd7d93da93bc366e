// Networks from elsewhere, imported and exported again: in ONNX Runtime they give the answers they always gave.

import type { Model } from "../../src/layers/model.js";
import { floatsOf } from "../../src/onnx/host/host.js";
import { exportOnnx, importOnnx } from "../../src/onnx/index.js";
import { readModel } from "../../src/onnx/proto/read.js";
import { Tensor } from "../../src/tensor.js";
import { onnxRuntime } from "../harness/oracles.js";
import { assert, near, suite } from "../harness/suite.js";
import { imported, netCases } from "./nets.js";
import { type NodeCase, nodeCases } from "./node-cases.js";
import { runOnnx } from "./runtime.js";

const test = suite("ONNX, in and out again");
test.before(() => void onnxRuntime());

/** Exports an imported case and runs that. */
async function through(again: Model, { model, inputs, outputs, rtol, atol }: NodeCase): Promise<void> {
  const { graph } = readModel(model);
  const tensorOf = (name: string): Tensor => {
    const given = inputs[graph!.input.findIndex((one) => one.name === name)]!;
    return new Tensor(floatsOf(given), given.shape);
  };
  const contents = again.ports.filter(({ content }) => content).map(({ name }) => [name, tensorOf(name)]);
  const others = again.ports.filter(({ content }) => !content).map(({ name }) => [name, tensorOf(name)]);
  const file = exportOnnx(again, { contents: Object.fromEntries(contents) });
  const results = await runOnnx(file, Object.fromEntries(others));
  graph!.output.forEach(({ name }, i) => {
    const expected = outputs[i]!;
    const actual = results[name!]!;
    assert.equal(actual.shape, expected.shape);
    near(actual.data, floatsOf(expected), { rtol, atol: Math.max(atol, 1e-6) });
  });
}

test("every operator that is imported", async () => {
  const failures: string[] = [];
  let count = 0;
  for (const one of await nodeCases()) {
    // What the importer refuses, at once or when the contents of inputs are known, nodes.test.ts has.
    const model = await importOnnx(one.model).catch(() => undefined);
    if (!model) continue;
    count++;
    try {
      await through(model, one);
    } catch (error) {
      const { message } = error as Error;
      if (!message.includes("training_mode is on")) failures.push(`${one.name}: ${message}`);
    }
    model.dispose();
  }
  assert.equal(failures, []);
  assert.ok(count >= 530, `${count} cases`);
});

test("torchvision's networks", async () => {
  for (const one of await netCases()) {
    // The larger ones are made of the same operators.
    if (one.parameters > 8_000_000) continue;
    using model = await imported(one, "free");
    const { data } = Object.values(
      await runOnnx(exportOnnx(model), { [model.ports[0]!.name]: one.input }),
    )[0]!;
    const largest = one.output.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    near(data, one.output, { atol: 1e-4 * largest, rtol: 0 }, one.name);
  }
});

test.run();
