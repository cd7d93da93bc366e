import { assert, near, suite } from "../harness/suite.js";
import { imported, netCases } from "./nets.js";

const test = suite("ONNX files of PyTorch");

test("torchvision's networks give PyTorch's answers", async () => {
  const inPage = typeof location !== "undefined";
  for (const one of await netCases()) {
    // A page is slower to begin with, and computes the same.
    if (inPage && !["squeezenet1_1", "shufflenet_v2_x0_5", "small"].includes(one.name)) continue;
    using model = await imported(one);
    assert.is(model.parameterCount, one.parameters, one.name);
    const { data } = await model.predict(one.input);
    const largest = one.output.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    near(data, one.output, { atol: 1e-4 * largest, rtol: 0 }, one.name);
  }
});

test.run();
