import { summary } from "../../src/inspect/index.js";
import { crossEntropy, sgd, Trainer } from "../../src/train/index.js";
import { assert, near, suite } from "../harness/suite.js";
import { imported, netCases } from "./nets.js";

const test = suite("ONNX files of PyTorch");

test("torchvision's networks give PyTorch's answers", async () => {
  const inPage = typeof location !== "undefined";
  for (const one of await netCases()) {
    // A page is slower to begin with, and computes the same.
    if (inPage && !["squeezenet1_1", "shufflenet_v2_x0_5", "lrn", "small"].includes(one.name)) continue;
    using model = await imported(one);
    assert.is(model.parameterCount, one.parameters, one.name);
    const { data } = await model.predict(one.input);
    const largest = one.output.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    near(data, one.output, { atol: 1e-4 * largest, rtol: 0 }, one.name);
  }
});

/** A small network with every kind of parameter. */
const small = async () => (await netCases()).find(({ name }) => name === "small")!;

test("the gradients of every parameter are PyTorch's", async () => {
  const one = await small();
  // The file is for a batch of one; training takes larger ones.
  using model = await imported(one, "free");
  using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ lr: 1e-6 }) });
  const { loss } = await trainer.step({ inputs: one.input, targets: Int32Array.of(0, 1, 2, 3) });
  near([loss], [one.loss!], { atol: 1e-5, rtol: 0 });
  const gradients = trainer.gradients();
  assert.equal([...gradients.keys()].sort(), [...one.gradients.keys()].sort());
  for (const [name, expected] of one.gradients) {
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // What instance normalisation takes away again has a gradient of 0.
    near(gradients.get(name)!.data, expected, { atol: 1e-5 * largest + 1e-7, rtol: 0 }, name);
  }
});

test("an import is summed up layer by layer, looked into and trained as any model", async () => {
  const one = await small();
  using model = await imported(one);
  const { layers, parameters } = summary(model);
  const row = (name: string) => layers.find((layer) => layer.name === name)!;
  assert.is(parameters, one.parameters);
  assert.is(row("/conv/Conv").parameters, 8 * 3 * 9);
  assert.is(row("/conv/Conv").macs, 8 * 8 * 8 * 3 * 9);
  assert.equal(row("/depthwise/Conv").receptiveField, { size: 5, stride: 2, offset: -2 });
  assert.equal(row("/AveragePool").receptiveField, { size: 4, stride: 2, offset: -1 });
  assert.equal(row("/fc/Gemm").output, [5]);

  const taps = await model.taps(one.input, ["/Sigmoid", "/fc/Gemm"]);
  assert.equal(taps["/Sigmoid"]!.shape, [4, 8, 4, 4]);
  assert.ok(taps["/Sigmoid"]!.data.every((value) => value > 0 && value < 1));
  assert.equal(taps["/fc/Gemm"]!.data, taps.output!.data);

  const targets = Int32Array.of(0, 1, 2, 3);
  using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ lr: 0.05 }) });
  const before = model.stateDict().get("bn.running_mean")!;
  const first = (await trainer.step({ inputs: one.input, targets })).loss;
  let last = first;
  for (let i = 0; i < 30; i++) last = (await trainer.step({ inputs: one.input, targets })).loss;
  assert.ok(last < first / 2, `${first} to ${last}`);
  assert.not.equal(model.stateDict().get("bn.running_mean"), before);
});

test("predictions of a batch of fixed size are made in pieces", async () => {
  const one = await small();
  using model = await imported(one);
  assert.equal(model.ports, [{ name: "input", shape: [1, 3, 8, 8], batch: 1 }]);
  assert.equal(model.inputShape, [3, 8, 8]);
  assert.equal(model.outputNames, ["output"]);
  using free = await imported(one, "free");
  assert.equal((await free.predict(one.input)).data, (await model.predict(one.input)).data);
});

test.run();
