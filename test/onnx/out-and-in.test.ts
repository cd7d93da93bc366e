// In pages too: a model as an ONNX file, and as a model again.

import { type ExportOptions, exportOnnx, importOnnx } from "featuremap/onnx";
import { lenet5 } from "featuremap/zoo";
import { Tensor } from "../../src/tensor.js";
import { uniform } from "../harness/hashed.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("ONNX files of models");

for (const options of [{}, { opset: 13 }, { batch: 2, opset: 21 }] satisfies ExportOptions[]) {
  test(`LeNet-5 with ${JSON.stringify(options)}`, async () => {
    using model = await lenet5({ seed: 1 });
    using again = await importOnnx(exportOnnx(model, options));
    const x = new Tensor(uniform("digits", 2 * 1024), [2, 1, 32, 32]);
    const [expected, actual] = [await model.predict(x), await again.predict(x)];
    assert.equal(actual.shape, expected.shape);
    near(actual.data, expected.data, { atol: 1e-6 });
    assert.equal([...again.stateDict().keys()], [...model.stateDict().keys()]);
    assert.equal(again.parameterCount, model.parameterCount);
  });
}

test.run();
