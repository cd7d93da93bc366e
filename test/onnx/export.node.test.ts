// Models as ONNX files: every op that a network in evaluation can have, in ONNX Runtime.

import { readdirSync, readFileSync } from "node:fs";
import {
  adaptiveAvgPool2d,
  avgPool1d,
  avgPool2d,
  batchNorm2d,
  conv1d,
  conv2d,
  custom,
  depthwiseConv2d,
  dropout,
  flatten,
  globalAvgPool2d,
  type Layer,
  leakyRelu,
  linear,
  localResponseNorm,
  logSoftmax,
  maxPool1d,
  maxPool2d,
  network,
  pad,
  parallel,
  relu,
  relu6,
  residual,
  sequential,
  sigmoid,
  softmax,
  tanh,
  unflatten,
} from "../../src/index.js";
import { constant } from "../../src/layers/init.js";
import type { Model } from "../../src/layers/model.js";
import { RULES } from "../../src/onnx/export/rules.js";
import { exportOnnx } from "../../src/onnx/index.js";
import { readModel } from "../../src/onnx/proto/read.js";
import { PADDING_MODES } from "../../src/ops/pad.js";
import { sliceChannels } from "../../src/ops/slice-channels.js";
import type { Shape } from "../../src/tensor.js";
import { weight } from "../harness/hashed.js";
import { onnxRuntime } from "../harness/oracles.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";
import { compareWithRuntime } from "./runtime.js";

const run = suite("ONNX export, in ONNX Runtime");
const test = suite("ONNX export");

const map: Shape = [5, 7, 6];
const line: Shape = [5, 11];

/** A layer, or several, and the input's shape. */
const cases: readonly (readonly [name: string, layers: Layer, input: Shape])[] = [
  ["conv2d", conv2d(6, 3), map],
  [
    "conv2d with all its options",
    conv2d(6, [3, 2], { stride: [2, 1], padding: [1, 0, 2, 3], dilation: [1, 2] }),
    map,
  ],
  ["conv2d without bias, same", conv2d(4, 3, { bias: false, padding: "same", stride: 2 }), map],
  ["conv2d in groups", conv2d(4, 3, { groups: 2, padding: 1 }), [6, 5, 5]],
  ["conv2d, turned", conv2d(4, 3, { flip: true, padding: 1 }), map],
  ["conv2d, turned and not, of one weight", twice(), map],
  ["depthwiseConv2d", depthwiseConv2d(3, { multiplier: 2, padding: 1 }), map],
  ["conv1d", conv1d(4, 3, { padding: [1, 2], stride: 2, dilation: 2 }), line],
  ["conv1d, turned", conv1d(4, 4, { flip: true, groups: 5 - 4 }), line],
  ["linear", linear(7), [9]],
  ["linear without bias", linear(7, { bias: false }), [9]],
  ...PADDING_MODES.map((mode) => [`pad, ${mode}`, pad([2, 1, 3, 0], mode), map] as const),
  ...PADDING_MODES.map((mode) => [`pad a line, ${mode}`, pad([2, 3], mode), line] as const),
  ...PADDING_MODES.map(
    (mode) => [`conv2d padded, ${mode}`, conv2d(3, 3, { padding: 2, paddingMode: mode }), map] as const,
  ),
  ["zeros that two convolutions share", sharedPadding(), map],
  ["maxPool2d", maxPool2d([3, 2], { stride: [1, 2], padding: [1, 0, 0, 1], dilation: [2, 1] }), map],
  ["maxPool2d, ceil", maxPool2d(3, { stride: 2, ceilMode: true }), [5, 8, 6]],
  [
    "maxPool2d, ceil that leaves a window out",
    maxPool2d(2, { stride: 3, padding: 1, ceilMode: true }),
    [5, 6, 6],
  ],
  ["maxPool1d", maxPool1d(3, { stride: 2, padding: 1 }), line],
  ["avgPool2d", avgPool2d([3, 2], { stride: [1, 2], padding: [1, 0, 0, 1] }), map],
  ["avgPool2d, padding not counted", avgPool2d(3, { stride: 2, padding: 1, countIncludePad: false }), map],
  ["avgPool2d, ceil", avgPool2d(3, { stride: 2, ceilMode: true }), [5, 8, 6]],
  ["avgPool2d, ceil and padding", avgPool2d(3, { stride: 2, padding: 1, ceilMode: true }), [5, 8, 6]],
  [
    "avgPool2d, ceil and padding not counted",
    avgPool2d(3, { stride: 2, padding: 1, ceilMode: true, countIncludePad: false }),
    [5, 8, 6],
  ],
  ["avgPool1d", avgPool1d(3, { stride: 2, padding: 1, ceilMode: true }), [5, 12]],
  ["globalAvgPool2d", globalAvgPool2d(), map],
  ["adaptiveAvgPool2d that divides", adaptiveAvgPool2d([7, 3]), map],
  ["adaptiveAvgPool2d of the same size", adaptiveAvgPool2d([7, 6]), map],
  ["adaptiveAvgPool2d that does not divide", adaptiveAvgPool2d([3, 4]), map],
  ["adaptiveAvgPool2d that grows", adaptiveAvgPool2d([9, 6]), map],
  ["batchNorm2d", batchNorm2d({ eps: 1e-3 }), map],
  ["batchNorm2d without scale", batchNorm2d({ affine: false }), map],
  ["batchNorm2d of a line", batchNorm2d(), line],
  ["batchNorm2d of features", batchNorm2d(), [9]],
  ["localResponseNorm", localResponseNorm(5, { alpha: 0.3, beta: 0.6, k: 2 }), [9, 4, 3]],
  ["localResponseNorm of an even size", localResponseNorm(4, { alpha: 0.3, beta: 0.6, k: 2 }), [9, 4, 3]],
  ["localResponseNorm of a line", localResponseNorm(3, { alpha: 0.3 }), [9, 4]],
  ["relu", relu(), map],
  ["relu6", sequential([conv2d(4, 3), relu6()]), map],
  ["leakyRelu", leakyRelu(0.2), map],
  ["sigmoid", sigmoid(), map],
  ["tanh", tanh(), map],
  ["softmax", softmax(), map],
  ["softmax of features", softmax(), [9]],
  ["logSoftmax", logSoftmax(), map],
  ["dropout", sequential([conv2d(3, 3), dropout()]), map],
  ["nothing but dropout", dropout(), map],
  ["flatten", flatten(), map],
  ["flatten and unflatten", sequential([flatten(), linear(24), unflatten([4, 2, 3]), conv2d(2, 1)]), map],
  ["unflatten to a line", sequential([unflatten([10, 21])]), map],
  ["residual", residual([conv2d(5, 3, { padding: 1 })]), map],
  ["residual with a shortcut", residual([conv2d(4, 3)], { shortcut: conv2d(4, 3) }), map],
  [
    "parallel",
    parallel([conv2d(4, 1), conv2d(3, 3, { padding: 1 }), maxPool2d(3, { stride: 1, padding: 1 })]),
    map,
  ],
  ["a gate of channels", gate(), map],
  ["a shift and a scale for each channel", scaleAndShift(), map],
  [
    "some of the channels",
    custom("Slice", (scope, x) => scope.op(sliceChannels, [x], { start: 1, count: 3 })),
    map,
  ],
  ["concatenated features", parallel([linear(3), relu()]), [9]],
];

/** One kernel used as it is and turned. */
function twice(): Layer {
  const turn = (flip: boolean) => conv2d(5, 3, { padding: 1, flip });
  return custom("Twice", (scope, x) => scope.child("conv", turn(true), scope.child("conv", turn(false), x)));
}

/** A padded value that convolutions and something else read. */
function sharedPadding(): Layer {
  const after = parallel([conv2d(3, 3), sequential([conv2d(4, 3), relu()]), maxPool2d(3, { stride: 1 })]);
  return sequential([relu(), pad(1), after]);
}

function gate(): Layer {
  const scores = sequential([globalAvgPool2d(), conv2d(5, 1), sigmoid()]);
  return custom("Gate", (scope, x) => scope.multiply(x, scope.child("gate", scores, x)));
}

function scaleAndShift(): Layer {
  return custom("ScaleAndShift", (scope, x) => {
    const c = x.shape[1]!;
    const scale = scope.parameter("scale", [c], constant(1));
    return scope.add(scope.multiply(x, scale), scope.parameter("shift", [c], constant(0)));
  });
}

async function built(layers: Layer, input: Shape): Promise<Model> {
  const model = await network(layers).build(input);
  const state = [...model.stateDict()].map(([name, { shape }]) => [name, weight(name, shape)] as const);
  model.loadStateDict(new Map(state));
  return model;
}

run.before(() => void onnxRuntime());

for (const [name, layers, input] of cases) {
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
    return [...text.matchAll(/\bname: "(\w+)"/g)].map(([, name]) => name!);
  });
  const missing = names.filter((name) => !/Grad/.test(name) && !ONLY_IN_TRAINING.has(name) && !RULES[name]);
  assert.equal(missing, [], "src/onnx/export/rules.ts has no line for these");
  assert.ok(names.includes("conv2d") && names.includes("relu"), "the ops were found");
});

const ONLY_IN_TRAINING = new Set([
  ...["adam", "addDense", "batchNormInverse", "batchNormTrain", "channelSum", "crossEntropy", "dense"],
  ...["dropout", "gradientScale", "mse", "sgd", "sumTo"],
]);

test("names are those of weights and layers, input and output; who wrote it, and the classes", async () => {
  const layers = sequential({
    conv: conv2d(4, 3, { padding: 1 }),
    act: relu(),
    pool: avgPool2d(7),
    flat: flatten(),
  });
  using model = await network(layers).build([1, 7, 7], { classes: ["a", "b", "c", "d"] });
  const { graph, producerName, metadataProps, opsetImport } = readModel(exportOnnx(model));
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
  assert.equal(metadataProps, [{ key: "classes", value: '["a","b","c","d"]' }]);
  assert.equal(opsetImport, [{ domain: "", version: 17 }]);
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
});

run.run();
test.run();
