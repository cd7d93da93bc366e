// Small networks of every kind of layer, for what must be able to take any network.

import {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  batchNorm2d,
  conv1d,
  conv2d,
  convTranspose2d,
  custom,
  depthwiseConv2d,
  dropout,
  elu,
  flatten,
  gelu,
  globalAvgPool2d,
  globalMaxPool2d,
  hardSigmoid,
  hardSwish,
  hardtanh,
  instanceNorm2d,
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
  pixelShuffle,
  pixelUnshuffle,
  prelu,
  relu,
  relu6,
  residual,
  selu,
  sequential,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
  unflatten,
  upsample,
} from "../../src/index.js";
import { constant } from "../../src/layers/init.js";
import type { Model } from "../../src/layers/model.js";
import { PADDING_MODES } from "../../src/ops/pad.js";
import type { Shape } from "../../src/tensor.js";
import { weight } from "../harness/hashed.js";

/** An input's shape. */
export const map: Shape = [5, 7, 6];
export const line: Shape = [5, 11];

/** A layer, or several, and the input's shape. */
export type Case = readonly [name: string, layers: Layer, input: Shape];

export const cases: readonly Case[] = [
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
  ["maxPool2d, padding as wide as the window", maxPool2d(2, { padding: [2, 1], dilation: [3, 1] }), map],
  ["zeros around, then maxPool2d", sequential([pad([1, 0, 2, 3]), maxPool2d(2)]), map],
  ["zeros around, then avgPool2d", sequential([pad(3), avgPool2d(2)]), map],
  ["zeros around a line, then maxPool1d", sequential([pad(1), maxPool1d(2)]), line],
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
  ["avgPool2d, ceil along one side", avgPool2d([3, 2], { stride: 2, padding: 1, ceilMode: true }), [5, 6, 5]],
  [
    "avgPool2d, ceil along one side, padding not counted",
    avgPool2d([3, 2], { stride: 2, padding: 1, ceilMode: true, countIncludePad: false }),
    [5, 6, 5],
  ],
  ["maxPool2d, ceil along one side", maxPool2d([3, 2], { stride: 2, padding: 1, ceilMode: true }), [5, 6, 5]],
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
  ["prelu", prelu(5), map],
  ["prelu of one slope", prelu(), map],
  ["elu", elu(1.5), map],
  ["selu", selu(), map],
  ["gelu", gelu(), map],
  ["gelu, tanh", gelu("tanh"), map],
  ["silu", silu(), map],
  ["hardSwish", hardSwish(), map],
  ["hardSigmoid", hardSigmoid(), map],
  ["hardtanh", hardtanh(-0.5, 0.25), map],
  ["softplus", softplus(3), map],
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
  ["upsample", upsample({ scale: 2 }), map],
  ["upsample to a size", upsample({ size: [5, 10] }), map],
  ["upsample, bilinear", upsample({ scale: [1.5, 2], mode: "bilinear" }), map],
  ["upsample, bilinear, corners", upsample({ size: [3, 12], mode: "bilinear", alignCorners: true }), map],
  ["pixelShuffle", pixelShuffle(2), [12, 3, 2]],
  ["pixelUnshuffle", pixelUnshuffle(2), [3, 4, 6]],
  ["convTranspose2d as a layer", convTranspose2d(4, 3, { stride: 2, padding: 1, outputPadding: 1 }), map],
  ["instanceNorm2d", instanceNorm2d({ affine: true }), map],
  ["globalMaxPool2d", globalMaxPool2d(), map],
  ["adaptiveMaxPool2d", adaptiveMaxPool2d([7, 3]), map],
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

/** The network with random weights by name. */
export async function built(layers: Layer, input: Shape): Promise<Model> {
  const model = await network(layers).build(input);
  const state = [...model.stateDict()].map(([name, { shape }]) => [name, weight(name, shape)] as const);
  model.loadStateDict(new Map(state));
  return model;
}
