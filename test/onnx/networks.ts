// Small networks of every kind of layer, for what must be able to take any network.

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
import { abs } from "../../src/ops/abs.js";
import { affine } from "../../src/ops/affine.js";
import { argMax, argMin } from "../../src/ops/arg-max.js";
import { avgPool2d as avgPool2dOp } from "../../src/ops/avg-pool2d.js";
import { blocked } from "../../src/ops/blocked.js";
import { ceil } from "../../src/ops/ceil.js";
import { channelScale } from "../../src/ops/channel-scale.js";
import { clip } from "../../src/ops/clip.js";
import { constant as constantOf } from "../../src/ops/constant.js";
import { type ConvTransposeAttrs, convTranspose2d } from "../../src/ops/conv-transpose2d.js";
import { divide } from "../../src/ops/divide.js";
import { elu } from "../../src/ops/elu.js";
import { erf } from "../../src/ops/erf.js";
import { exp } from "../../src/ops/exp.js";
import { floor } from "../../src/ops/floor.js";
import { gelu } from "../../src/ops/gelu.js";
import { hardSigmoid } from "../../src/ops/hard-sigmoid.js";
import { instanceNorm } from "../../src/ops/instance-norm.js";
import { joined } from "../../src/ops/joined.js";
import { log } from "../../src/ops/log.js";
import { matmul } from "../../src/ops/matmul.js";
import { maxPoolIndices } from "../../src/ops/max-pool-indices.js";
import { maximum } from "../../src/ops/maximum.js";
import { minimum } from "../../src/ops/minimum.js";
import type { GraphWriter, Op, Value } from "../../src/ops/op.js";
import { PADDING_MODES } from "../../src/ops/pad.js";
import { power, powered } from "../../src/ops/power.js";
import { prelu } from "../../src/ops/prelu.js";
import {
  expanded,
  gathered,
  paddedDense,
  sliced,
  taken,
  tiled,
  transposed,
} from "../../src/ops/rearrange.js";
import { reduced } from "../../src/ops/reduced.js";
import { resized } from "../../src/ops/resample.js";
import { reshaped } from "../../src/ops/reshape.js";
import { round } from "../../src/ops/round.js";
import { selu } from "../../src/ops/selu.js";
import { sliceChannels } from "../../src/ops/slice-channels.js";
import { softmaxAlong } from "../../src/ops/softmax-along.js";
import { softplus } from "../../src/ops/softplus.js";
import { sqrt } from "../../src/ops/sqrt.js";
import { subtract } from "../../src/ops/subtract.js";
import { trunc } from "../../src/ops/trunc.js";
import { type Shape, sizeOf } from "../../src/tensor.js";
import { uniform, weight } from "../harness/hashed.js";

/** An input's shape. */
export const map: Shape = [5, 7, 6];
const line: Shape = [5, 11];

/** A window of one pixel. */
const window = { kh: 1, kw: 1, sh: 1, sw: 1, top: 0, left: 0, bottom: 0, right: 0 };

/** A layer, or several, and the input's shape. */
export const cases: readonly (readonly [name: string, layers: Layer, input: Shape])[] = [
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
  ["channels scaled and shifted", op(channelScale, { scale: [1, 2, 3, 4, 5], shift: [0, 1, 0, -1, 2] }), map],
  [
    "convTranspose2d",
    transposedConv([5, 2, 3, 2], {
      sh: 2,
      sw: 3,
      dh: 2,
      dw: 1,
      top: 1,
      left: 0,
      bottom: 2,
      right: 1,
      addH: 1,
    }),
    map,
  ],
  ["convTranspose2d in groups", transposedConv([5, 2, 3, 3], { groups: 5 }), map],
  ["convTranspose2d of a line", transposedConv([5, 4, 3], { sw: 2, left: 1, right: 1, addW: 1 }), line],
  ["instanceNorm", custom("InstanceNorm", (scope, x) => instanceNorm(scope.graph, x, null, null, 0.01)), map],
  ["instanceNorm of a line", instanceNormWithWeights(), line],
  [
    "avgPool2d with gaps",
    op(avgPool2dOp, {
      ...window,
      kh: 3,
      kw: 2,
      sh: 2,
      dh: 2,
      dw: 2,
      top: 2,
      ceil: true,
      countIncludePad: true,
    }),
    map,
  ],
  [
    "avgPool2d with gaps, padding not counted",
    op(avgPool2dOp, {
      ...window,
      kw: 3,
      sw: 2,
      dw: 2,
      right: 1,
      left: 2,
      ceil: false,
      countIncludePad: false,
    }),
    line,
  ],
  ...elementwiseCases(),
  ...denseCases(),
  ["concatenated features", parallel([linear(3), relu()]), [9]],
];

/** A layer that is one op. */
function op<A>(of: Op<A>, attrs: A): Layer {
  return custom(of.name, (scope, x) => scope.op(of, [x], attrs));
}

function transposedConv(shape: Shape, attrs: Partial<ConvTransposeAttrs>): Layer {
  const usual = { sh: 1, sw: 1, dh: 1, dw: 1, groups: 1, top: 0, left: 0, bottom: 0, right: 0 };
  return custom("ConvTranspose", (scope, x) => {
    const all = { ...usual, ...attrs };
    const w = scope.parameter("weight", shape, constant(1));
    const b = scope.parameter("bias", [shape[1]! * all.groups], constant(1));
    return convTranspose2d(scope.graph, x, w, b, all);
  });
}

function instanceNormWithWeights(): Layer {
  return custom("InstanceNorm", (scope, x) => {
    const [weight, bias] = ["weight", "bias"].map((name) =>
      scope.parameter(name, [x.shape[1]!], constant(1)),
    );
    return instanceNorm(scope.graph, x, weight!, bias!, 1e-3);
  });
}

/** Numbers one by one: of an input between -2 and 2. */
function elementwiseCases(): [name: string, layers: Layer, input: Shape][] {
  const simple = { abs, ceil, erf, exp, floor, round, trunc };
  const ofSize = { log, sqrt };
  const pairs = { divide, maximum, minimum, subtract };
  return [
    ...Object.entries(simple).map(([name, of]) => [name, op(of, {}), map] as [string, Layer, Shape]),
    ...Object.entries(ofSize).map(([name, of]): [string, Layer, Shape] => [
      name,
      sequential([op(abs, {}), op(of, {})]),
      map,
    ]),
    ...Object.entries(pairs).flatMap(([name, of]): [string, Layer, Shape][] => [
      [name, custom(name, (scope, x) => scope.op(of, [x, scope.op(erf, [x], {})], {})), map],
      [`${name} by channels`, byChannels(of), map],
    ]),
    ["power", custom("power", (scope, x) => scope.op(power, [scope.op(abs, [x], {}), x], {})), map],
    ["cube", custom("cube", (scope, x) => powered(scope.graph, x, 3)), map],
    ["prelu", byChannels(prelu), map],
    ["affine", op(affine, { scale: 2, shift: -3 }), map],
    ["neg", op(affine, { scale: -1, shift: 0 }), map],
    ["clip", op(clip, { min: -0.5, max: 0.25 }), map],
    ["clip above", op(clip, { min: Number.NEGATIVE_INFINITY, max: 0.25 }), map],
    ["clip below", op(clip, { min: -0.5, max: Number.POSITIVE_INFINITY }), map],
    ["elu", op(elu, { alpha: 1.5 }), map],
    ["selu", op(selu, { alpha: 1.6, gamma: 1.1 }), map],
    ["hardSigmoid", op(hardSigmoid, { alpha: 0.3, beta: 0.4 }), map],
    ["softplus", op(softplus, { beta: 1 }), map],
    ["softplus, steeper", op(softplus, { beta: 3 }), map],
    ["gelu", custom("GELU", (scope, x) => gelu(scope.graph, x, { approximate: "none" })), map],
  ];
}

/** An op beside a parameter for each channel. */
function byChannels(of: Op<object>): Layer {
  return custom(of.name, (scope, x) => {
    const c = x.shape[1]!;
    const numbers = scope.op(blocked, [scope.parameter("running_var", [c], constant(1))], {
      shape: [1, c, 1, 1],
    });
    return scope.op(of, [x, numbers], {});
  });
}

/** Dense numbers, moved along their axes and computed with. */
function denseCases(): [name: string, layers: Layer, input: Shape][] {
  const dense = (name: string, of: (graph: GraphWriter, x: Value) => Value): [string, Layer, Shape] => [
    `dense: ${name}`,
    custom("Dense", ({ graph }, x) => of(graph, x)),
    map,
  ];
  const grid = (...shape: number[]) => uniform("grid", sizeOf(shape), 1).map((value) => value + 2);
  return [
    dense("transposed", (g, x) => transposed(g, x, [0, 2, 3, 1])),
    dense("the batch last", (g, x) => transposed(g, x, [1, 2, 3, 0])),
    dense("sliced", (g, x) => sliced(g, x, [4, 1, 0], [-9, 6, 6], [1, 2, 3], [-2, 3, 1])),
    dense("sliced backwards to the end", (g, x) => sliced(g, x, [2], [-99], [1], [-1])),
    dense("taken", (g, x) => taken(g, x, [3, 0, 0, 6], 2)),
    dense("taken one", (g, x) => taken(g, x, [3], 2)),
    dense("gathered", (g, x) => gathered(g, x, [null, [3, -1, 0], null, [1, 1, -1, -1]], 7)),
    dense("gathered nothing", (g, x) => gathered(g, x, [null, [-1, -1], null, null], 7)),
    dense("padded", (g, x) => paddedDense(g, x, [0, 1, 0, 2, 0, 0, 3, -1], "constant", 0.5)),
    dense("padded, reflect", (g, x) => paddedDense(g, x, [0, 1, 0, 2, 0, 0, 3, 1], "reflect")),
    dense("tiled", (g, x) => tiled(g, x, [1, 2, 1, 3])),
    dense("repeated and joined", (g, x) =>
      joined(g, [x, expanded(g, constantOf(g, grid(2, 1, 1), [2, 1, 1]), [x.shape[0]!, 2, 7, 6])], 1),
    ),
    dense("joined along a line", (g, x) => joined(g, [x, x, sliced(g, x, [1], [3], [3])], 3)),
    ...(["mean", "sum", "max", "min", "prod", "l1", "l2", "sumSquare"] as const).flatMap((kind) => [
      dense(`${kind} of a channel`, (g, x) => reduced(g, x, kind, [2, 3], false)),
      dense(`${kind} along two axes`, (g, x) => reduced(g, x, kind, [1, 3], true)),
    ]),
    dense("mean of the batch", (g, x) => reduced(g, x, "mean", [0], true)),
    dense("argMax", (g, x) => argMax(g, x, 1, false)),
    dense("argMin", (g, x) => argMin(g, x, 3, true)),
    dense("softmax along a row", (g, x) => softmaxAlong(g, x, 3)),
    dense("product of matrices", (g, x) => matmul(g, x, constantOf(g, grid(6, 4), [6, 4]))),
    dense("products of many matrices", (g, x) => matmul(g, x, transposed(g, x, [0, 1, 3, 2]))),
    dense("places of the largest", (g, x) =>
      maxPoolIndices(g, x, { ...window, kh: 3, sh: 2, top: 1, dh: 2, dw: 1, ceil: false }, false),
    ),
    dense("places of the largest, by columns", (g, x) =>
      maxPoolIndices(g, x, { ...window, kw: 2, dh: 1, dw: 2, ceil: false }, true),
    ),
    dense("reshaped", (g, x) => reshaped(g, x, [x.shape[0]!, 5, 2, 3, 7])),
    dense("reshaped, the batch among others", (g, x) => reshaped(g, x, [x.shape[0]! * 5, 42])),
    dense("resampled", (g, x) =>
      resized(g, x, 2, [
        [
          { index: 0, weight: 0.5 },
          { index: 6, weight: 0.25 },
        ],
        [],
        [{ index: 3, weight: 2 }],
      ]),
    ),
  ];
}

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
