// Models as ONNX files: every op that a network in evaluation can have, in ONNX Runtime.

import { readdirSync, readFileSync } from "node:fs";
import {
  adaptiveAvgPool2d,
  avgPool2d,
  batchNorm2d,
  conv2d,
  custom,
  dropout,
  flatten,
  linear,
  localResponseNorm,
  maxPool2d,
  network,
  pad,
  relu,
  relu6,
  residual,
  sequential,
  softmax,
  Tensor,
  tensor,
} from "../../src/index.js";
import { buildModel, type Model } from "../../src/layers/model.js";
import { fileBytes } from "../../src/onnx/export/file.js";
import { RULES } from "../../src/onnx/export/rules.js";
import { exportOnnx } from "../../src/onnx/index.js";
import { readModel } from "../../src/onnx/proto/read.js";
import { PADDING_MODES } from "../../src/ops/pad.js";
import { sliced } from "../../src/ops/rearrange.js";
import { reduced } from "../../src/ops/reduced.js";
import { relu as reluOp } from "../../src/ops/relu.js";
import { reshaped } from "../../src/ops/reshape.js";
import { sliceChannels } from "../../src/ops/slice-channels.js";
import { sizeOf } from "../../src/tensor.js";
import { crossEntropy, sgd, Trainer } from "../../src/train/index.js";
import { uniform } from "../harness/hashed.js";
import { onnxRuntime } from "../harness/oracles.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";
import { built, cases, map } from "./networks.js";
import { opCases } from "./op-networks.js";
import { compareWithRuntime } from "./runtime.js";

const run = suite("ONNX export, in ONNX Runtime");
const test = suite("ONNX export");

run.before(() => void onnxRuntime());

for (const [name, layers, input] of [...cases, ...opCases]) {
  run(name, async () => {
    using model = await built(layers, input);
    const off = await compareWithRuntime(model);
    assert.ok(off <= 1e-5, `off by ${off} of the largest output`);
  });
}

run("with every opset", async () => {
  const layers = sequential([
    conv2d(6, 3, { padding: 1, paddingMode: "circular" }),
    batchNorm2d(),
    relu6(),
    ...PADDING_MODES.map((mode) => pad(1, mode)),
    localResponseNorm(3),
    maxPool2d(2, { ceilMode: true }),
    residual([custom("Slice", (scope, x) => scope.op(sliceChannels, [x], { start: 0, count: 6 }))]),
    adaptiveAvgPool2d(2),
    flatten(),
    linear(4),
    softmax(),
  ]);
  using model = await built(layers, map);
  for (let opset = 13; opset <= 21; opset++) {
    const off = await compareWithRuntime(model, { opset });
    assert.ok(off <= 1e-5, `opset ${opset}: off by ${off} of the largest output`);
  }
});

run("after training", async () => {
  const layers = [conv2d(6, 3, { bias: false }), batchNorm2d(), relu(), dropout(), flatten(), linear(4)];
  using model = await sequential(layers).build(map, { seed: 1 });
  using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ lr: 0.1 }) });
  const inputs = new Tensor(uniform("batch", 8 * sizeOf(map)), [8, ...map]);
  for (let step = 0; step < 5; step++) {
    await trainer.step({ inputs, targets: Int32Array.from({ length: 8 }, (_, i) => i % 4) });
  }
  const off = await compareWithRuntime(model);
  assert.ok(off <= 1e-5, `off by ${off} of the largest output`);
});

run("with a fixed batch", async () => {
  using model = await built(sequential([conv2d(6, 3), flatten(), linear(3)]), map);
  const off = await compareWithRuntime(model, { batch: 2 });
  assert.ok(off <= 1e-5, `off by ${off} of the largest output`);
  const { graph } = readModel(exportOnnx(model, { batch: 2 }));
  const dims = graph!.input[0]!.type!.tensorType!.shape!.dim.map(({ dimValue }) => dimValue);
  assert.equal(dims, [2, ...map]);
});

test("every op of an evaluated network has a rule", () => {
  const names = readdirSync("src/ops").flatMap((file) => {
    const text = readFileSync(`src/ops/${file}`, "utf8");
    return [...text.matchAll(/(?:\bname: |\bkernel: |^export const \w+ = \w+\()"(\w+)"/gm)].map(
      ([, name]) => name!,
    );
  });
  const missing = names.filter((name) => !/Grad/.test(name) && !ONLY_IN_TRAINING.has(name) && !RULES[name]);
  assert.equal(missing, [], "src/onnx/export/rules.ts has no line for these");
  assert.ok(names.includes("conv2d") && names.includes("relu"), "the ops were found");
});

test("every rule is tried", async () => {
  const tried = new Set<string>();
  for (const [, layers, input] of [...cases, ...opCases]) {
    using model = await network(layers).build(input);
    for (const { op } of model.trace([1, ...input], false).graph.nodes) tried.add(op.name);
  }
  const untried = Object.keys(RULES).filter((name) => !tried.has(name));
  assert.equal(untried, [], "test/onnx/networks.ts has no network with these");
});

const ONLY_IN_TRAINING = new Set([
  ...["adam", "addDense", "batchNormInverse", "batchNormTrain", "channelSum", "crossEntropy"],
  ...["dropout", "gradientScale", "mse", "preluSlope", "sgd", "sumTo"],
]);

test("names are those of weights and layers, input and output; who wrote it, and the classes", async () => {
  const layers = sequential({
    conv: conv2d(4, 3, { padding: 1 }),
    act: relu(),
    pool: avgPool2d(7),
    flat: flatten(),
  });
  using model = await network(layers).build([1, 7, 7], { classes: ["a", "b", "c", "d"] });
  const { graph, producerName, producerVersion, metadataProps, opsetImport } = readModel(exportOnnx(model));
  assert.equal(
    graph!.node.map(({ name, opType, input, output }) => [name, opType, ...input, "->", ...output].join(" ")),
    [
      "conv Conv input conv.weight conv.bias -> conv",
      "act Relu conv -> act",
      "pool AveragePool act -> pool",
      "flat Flatten pool -> output",
    ],
  );
  assert.equal(
    graph!.initializer.map(({ name }) => name),
    ["conv.weight", "conv.bias"],
  );
  assert.equal(graph!.input[0]!.name, "input");
  assert.equal(
    graph!.input[0]!.type!.tensorType!.shape!.dim.map(({ dimValue, dimParam }) => dimParam ?? dimValue),
    ["batch", 1, 7, 7],
  );
  assert.is(producerName, "featuremap");
  assert.is(producerVersion, JSON.parse(readFileSync("package.json", "utf8")).version);
  assert.equal(metadataProps, [{ key: "classes", value: '["a","b","c","d"]' }]);
  assert.equal(opsetImport, [{ domain: "", version: 17 }]);
});

test("a layer of several nodes names them after itself, and a weight that is used twice is there once", async () => {
  const shared = conv2d(5, 3, { padding: 1, paddingMode: "reflect" });
  const layers = custom("Net", (scope, x) => scope.child("conv", shared, scope.child("conv", shared, x)));
  using model = await network(layers).build(map);
  const { graph } = readModel(exportOnnx(model));
  assert.equal(
    graph!.node.map(({ name }) => name),
    ["conv/Pad", "conv/Conv", "conv/Pad_2", "conv/Conv_2"],
  );
  assert.equal(
    graph!.initializer.map(({ name }) => name),
    ["constant_0", "conv.weight", "conv.bias"],
  );
});

test("what cannot be exported is an error that says so", async () => {
  using model = await network(conv2d(4, 3)).build([1, 7, 7]);
  throwsMessage(
    () => exportOnnx(model, { opset: 12 }),
    /opset is 12; it must be a whole number from 13 to 21/,
  );
  throwsMessage(() => exportOnnx(model, { batch: 0 }), /batch is 0; it must be a whole number of at least 1/);
  throwsMessage(() => exportOnnx(model, { opsett: 17 } as object), /unknown option "opsett"/);
  throwsMessage(() => exportOnnx({} as Model), /exportOnnx: the first argument is {}; it must be a model/);
  throwsMessage(
    () => exportOnnx(model, { contents: { axes: tensor([2]) } }),
    /contents has "axes", which is no input whose values decide shapes. Those are: none/,
  );

  const own = { ...reluOp, name: "mine" };
  using strange = await network(sequential([custom("Mine", (scope, x) => scope.op(own, [x], {}))])).build(
    map,
  );
  throwsMessage(() => exportOnnx(strange), /layer "0" uses the operation mine, which has no form in ONNX/);

  const first = custom("First", ({ graph }, x) => sliced(graph, x, [0], [1]));
  using cut = await network(first).build(map);
  throwsMessage(() => exportOnnx(cut), /takes inputs out of the batch.*exportOnnx\(model, { batch: 1 }\)/);
  assert.ok(exportOnnx(cut, { batch: 2 }).length > 0);

  using single = await network(custom("Single", ({ graph }, x) => reshaped(graph, x, [1, 210]))).build(map);
  throwsMessage(
    () => exportOnnx(single),
    /the network does not take a batch of 2. Give the batch size.*reshape/,
  );
  assert.ok(exportOnnx(single, { batch: 1 }).length > 0);
});

test("inputs of a fixed batch, without one, and with contents", async () => {
  const layer = custom("Net", (scope, x) => {
    const axis = scope.input("axis") as Tensor;
    return reduced(scope.graph, x, "sum", [axis.data[0]!], true);
  });
  using model = await buildModel(layer, [
    { name: "x", shape: [2, 3, 4], batch: 2 },
    { name: "axis", shape: [1], batch: false, content: true },
  ]);
  throwsMessage(() => exportOnnx(model), /the values of the input "axis" decide shapes/);
  const contents = { axis: tensor([2]) };
  throwsMessage(() => exportOnnx(model, { contents, batch: 3 }), /the model takes batches of 2 only/);
  const { graph } = readModel(exportOnnx(model, { contents }));
  const sizes = [graph!.input[0]!, graph!.output[0]!].map(({ type }) =>
    type!.tensorType!.shape!.dim.map(({ dimValue }) => dimValue),
  );
  assert.equal(sizes, [
    [2, 3, 4],
    [2, 3, 1],
  ]);
  assert.is(graph!.input.length, 1);
});

test("more than an ONNX file can hold is refused", () => {
  const data = { byteLength: 2 ** 31 } as Float32Array;
  const file = { opset: 17, name: "", description: "", metadata: {}, nodes: [], inputs: [], outputs: [] };
  throwsMessage(
    () => fileBytes({ ...file, tensors: [{ name: "w", dims: [2 ** 29], data }] }),
    /the weights take 2147483648 bytes, but an ONNX file holds less than 2 GiB/,
  );
});

run.run();
test.run();
