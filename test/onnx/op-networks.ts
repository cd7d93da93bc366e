// Networks of ops that no layer has, or not with all their options.

import { custom, type Layer, sequential } from "../../src/index.js";
import { constant } from "../../src/layers/init.js";
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
import { resized, resized2d } from "../../src/ops/resample.js";
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
import { uniform } from "../harness/hashed.js";
import { type Case, line, map } from "./networks.js";

/** A window of one pixel. */
const window = { kh: 1, kw: 1, sh: 1, sw: 1, top: 0, left: 0, bottom: 0, right: 0 };

/** As in networks.ts. */
export const opCases: readonly Case[] = [
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
  [
    "some of the channels",
    custom("Slice", (scope, x) => scope.op(sliceChannels, [x], { start: 1, count: 3 })),
    map,
  ],
  ["channels scaled and shifted", op(channelScale, { scale: [1, 2, 3, 4, 5], shift: [0, 1, 0, -1, 2] }), map],
  ...elementwiseCases(),
  ...denseCases(),
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
function elementwiseCases(): Case[] {
  const simple = { abs, ceil, erf, exp, floor, round, trunc };
  const ofSize = { log, sqrt };
  const pairs = { divide, maximum, minimum, subtract };
  return [
    ...Object.entries(simple).map(([name, of]) => [name, op(of, {}), map] as Case),
    ...Object.entries(ofSize).map(([name, of]): Case => [name, sequential([op(abs, {}), op(of, {})]), map]),
    ...Object.entries(pairs).flatMap(([name, of]): Case[] => [
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
function denseCases(): Case[] {
  const dense = (name: string, of: (graph: GraphWriter, x: Value) => Value): Case => [
    `dense: ${name}`,
    custom("Dense", ({ graph }, x) => of(graph, x)),
    map,
  ];
  const range = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ index, weight: 1 / (index + 2) }));
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
    dense("resampled from many", (g, x) => resized(g, x, 2, [range(7), range(5)])),
    dense("a row resampled from many", (g, x) => resized2d(g, x, [range(6)], [range(6), range(1)])),
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
