// Every operation as a plain function on tensors, like torch.nn.functional. Each call runs at once on the calling
// thread; for anything repeated build a model. Inputs may be nested arrays. Spatial functions also take an input without
// the batch, [c, h, w], or a bare image, [h, w] (in one dimension [c, l] and [l]), and give back as many dimensions.

import "./wasm/inline.js";
import "./wasm/symbol-dispose.js";

import { check, checkCount, checkFlags, checkIs, checkNumber, checkOptions } from "./errors.js";
import { evaluate } from "./graph/evaluate.js";
import type { Graph } from "./graph/graph.js";
import { type ConvOptions, convolve, settleConv } from "./layers/convolution.js";
import { checkMode, type Padding, padded, sidesOf } from "./layers/padding.js";
import { type AvgPoolOptions, avgPooling, type MaxPoolOptions, maxPooling } from "./layers/pooling.js";
import { type UpsampleOptions, upsampling } from "./layers/resize.js";
import {
  type ConvTransposeOptions,
  convolveTransposed,
  settleTransposed,
} from "./layers/transposed-convolution.js";
import { abs as absOp } from "./ops/abs.js";
import { adaptiveAvgPool2d as adaptiveOp } from "./ops/adaptive-avg-pool2d.js";
import { adaptiveMaxPool2d as adaptiveMax } from "./ops/adaptive-max-pool2d.js";
import { add as addOp } from "./ops/add.js";
import { batchNorm as batchNormOp, batchNormTrain } from "./ops/batch-norm.js";
import { ceil as ceilOp } from "./ops/ceil.js";
import { checkBounds, clip as clipOp } from "./ops/clip.js";
import { concat as concatOp } from "./ops/concat.js";
import { crossEntropy as crossEntropyOp } from "./ops/cross-entropy.js";
import { depthToSpace, spaceToDepth } from "./ops/depth-to-space.js";
import { divide as divideOp } from "./ops/divide.js";
import { dropout as dropoutOp } from "./ops/dropout.js";
import { checkSameShape } from "./ops/elementwise.js";
import { elu as eluOp } from "./ops/elu.js";
import { erf as erfOp } from "./ops/erf.js";
import { exp as expOp } from "./ops/exp.js";
import { floor as floorOp } from "./ops/floor.js";
import { checkApproximate, type GeluAttrs, gelu as geluOp } from "./ops/gelu.js";
import { hardSigmoid as hardSigmoidOp } from "./ops/hard-sigmoid.js";
import { hardSwish as hardSwishOp } from "./ops/hard-swish.js";
import { instanceNorm as instanceNormOp } from "./ops/instance-norm.js";
import { leakyRelu as leakyReluOp } from "./ops/leaky-relu.js";
import { linear as linearOp } from "./ops/linear.js";
import { localResponseNorm as lrnOp } from "./ops/local-response-norm.js";
import { log as logOp } from "./ops/log.js";
import { logSoftmax as logSoftmaxOp } from "./ops/log-softmax.js";
import { matmul as matmulOp } from "./ops/matmul.js";
import { maximum as maximumOp } from "./ops/maximum.js";
import { minimum as minimumOp } from "./ops/minimum.js";
import { mse as mseOp } from "./ops/mse.js";
import { multiply as multiplyOp } from "./ops/multiply.js";
import { neg as negOp } from "./ops/neg.js";
import type { Form, Op, Value } from "./ops/op.js";
import type { PaddingMode } from "./ops/pad.js";
import { power, powered } from "./ops/power.js";
import { learnedRelu } from "./ops/prelu.js";
import { transposed } from "./ops/rearrange.js";
import { relu as reluOp } from "./ops/relu.js";
import { relu6 as relu6Op } from "./ops/relu6.js";
import { round as roundOp } from "./ops/round.js";
import { SELU_ALPHA, SELU_GAMMA, selu as seluOp } from "./ops/selu.js";
import { pair, type Size2, sameShape } from "./ops/shape.js";
import { sigmoid as sigmoidOp } from "./ops/sigmoid.js";
import { silu as siluOp } from "./ops/silu.js";
import { softmax as softmaxOp } from "./ops/softmax.js";
import { softplus as softplusOp } from "./ops/softplus.js";
import { sqrt as sqrtOp } from "./ops/sqrt.js";
import { subtract as subtractOp } from "./ops/subtract.js";
import { tanh as tanhOp } from "./ops/tanh.js";
import { trunc as truncOp } from "./ops/trunc.js";
import { formatShape, type Nested, sizeOf, Tensor, tensor } from "./tensor.js";

export { type Nested, Tensor, tensor } from "./tensor.js";

/** A tensor, or the nested arrays to make one of. */
export type Input = Tensor | Nested | Float32Array;

function toTensor(input: Input): Tensor {
  return input instanceof Tensor ? input : tensor(input as Nested);
}

/** Runs one op on operands; null ones are left out. */
function run(
  operands: readonly (readonly [Tensor | null, Form])[],
  build: (graph: Graph, values: (Value | null)[]) => Value,
): Tensor {
  const present = operands.flatMap(([value, form]) => (value ? [{ tensor: value, form }] : []));
  const [result] = evaluate(present, (graph, values) => {
    let next = 0;
    return [
      build(
        graph,
        operands.map(([value]) => (value ? values[next++]! : null)),
      ),
    ];
  });
  return result!;
}

/** Adds the dimensions in front that a function of rank `full` lacks; returns what takes them off again. */
function unsqueeze(what: string, x: Tensor, full: number): { x: Tensor; squeeze: (y: Tensor) => Tensor } {
  const missing = full - x.shape.length;
  check(
    missing >= 0 && missing <= 2,
    () =>
      `${what}: the input has shape ${formatShape(x.shape)}; it must have ${full - 2} to ${full} dimensions.`,
  );
  return {
    x: x.reshape(...Array<number>(missing).fill(1), ...x.shape),
    squeeze: (y) => {
      const extra = y.shape.slice(0, missing);
      // A bare image may become several channels, which then have to stay.
      const off = extra.findIndex((size) => size !== 1);
      return y.reshape(...y.shape.slice(off < 0 ? missing : off));
    },
  };
}

function convolution(
  what: string,
  dimensions: 1 | 2,
  input: Input,
  weight: Input,
  bias: Input | undefined,
  build: (graph: Graph, x: Value, w: Value, b: Value | null) => Value,
): Tensor {
  const { x, squeeze } = unsqueeze(what, toTensor(input), dimensions + 2);
  const { x: w } = unsqueeze(`${what}: the weight`, toTensor(weight), dimensions + 2);
  const b = bias === undefined ? null : toTensor(bias);
  const y = run(
    [
      [x, "blocked"],
      [w, "dense"],
      [b, "dense"],
    ],
    (graph, [vx, vw, vb]) => build(graph, vx!, vw!, vb ?? null),
  );
  return squeeze(y);
}

function correlation(
  what: string,
  dimensions: 1 | 2,
  input: Input,
  weight: Input,
  options: ConvOptions & { bias?: Input },
): Tensor {
  const settled = settleConv(what, options, ["bias"], dimensions);
  return convolution(what, dimensions, input, weight, options.bias, (graph, x, w, b) =>
    convolve(graph, what, x, w, b, settled),
  );
}

/**
 * Correlation of the input with kernels, or true convolution with `flip: true`. Input [n, c, h, w], weight
 * [k, c / groups, kh, kw], bias [k]; or plain images, input [h, w] with weight [kh, kw].
 */
export function conv2d(input: Input, weight: Input, options: ConvOptions & { bias?: Input } = {}): Tensor {
  return correlation("conv2d", 2, input, weight, options);
}

/**
 * The same along one dimension: input [n, c, l], weight [k, c / groups, kl]; or [l] with [kl]. The product of two
 * polynomials is `conv1d(a, b, { flip: true, padding: b.length - 1 })`.
 */
export function conv1d(input: Input, weight: Input, options: ConvOptions & { bias?: Input } = {}): Tensor {
  return correlation("conv1d", 1, input, weight, options);
}

function transposedConvolution(
  what: string,
  dimensions: 1 | 2,
  input: Input,
  weight: Input,
  options: ConvTransposeOptions & { bias?: Input },
): Tensor {
  const settled = settleTransposed(what, options, ["bias"], dimensions);
  return convolution(what, dimensions, input, weight, options.bias, (graph, x, w, b) =>
    convolveTransposed(graph, what, x, w, b, settled),
  );
}

/** Adds kernels to the output at each pixel: input [n, c, h, w], weight [c, k / groups, kh, kw], bias [k]; or plain images. */
export function convTranspose2d(
  input: Input,
  weight: Input,
  options: ConvTransposeOptions & { bias?: Input } = {},
): Tensor {
  return transposedConvolution("convTranspose2d", 2, input, weight, options);
}

/** The same along one dimension: input [n, c, l], weight [c, k / groups, kl]; or [l] with [kl]. */
export function convTranspose1d(
  input: Input,
  weight: Input,
  options: ConvTransposeOptions & { bias?: Input } = {},
): Tensor {
  return transposedConvolution("convTranspose1d", 1, input, weight, options);
}

/** An op on one tensor of at least two dimensions and any sizes. */
function spatial(what: string, full: number, input: Input, build: (graph: Graph, x: Value) => Value): Tensor {
  const { x, squeeze } = unsqueeze(what, toTensor(input), full);
  return squeeze(run([[x, "blocked"]], (graph, [value]) => build(graph, value!)));
}

/** Padding of the last two dimensions (of the last one, for [l] and [n, c, l] with `dimensions: 1`). */
export function pad(
  input: Input,
  padding: Exclude<Padding, "same" | "valid">,
  mode: PaddingMode = "zeros",
  dimensions: 1 | 2 = 2,
): Tensor {
  checkMode("pad", mode);
  const one: [number, number] = [1, 1];
  return spatial("pad", dimensions + 2, input, (graph, x) =>
    padded(graph, x, sidesOf("pad", padding, x, { kernel: one, stride: one, dilation: one }), mode),
  );
}

/** The largest of each window: [n, c, h, w]. */
export function maxPool2d(input: Input, size: Size2, options: MaxPoolOptions = {}): Tensor {
  return spatial("maxPool2d", 4, input, maxPooling("maxPool2d", size, options, 2));
}

/** The largest of each window: [n, c, l]. */
export function maxPool1d(input: Input, size: number, options: MaxPoolOptions = {}): Tensor {
  return spatial("maxPool1d", 3, input, maxPooling("maxPool1d", size, options, 1));
}

/** The mean of each window: [n, c, h, w]. */
export function avgPool2d(input: Input, size: Size2, options: AvgPoolOptions = {}): Tensor {
  return spatial("avgPool2d", 4, input, avgPooling("avgPool2d", size, options, 2));
}

/** The mean of each window: [n, c, l]. */
export function avgPool1d(input: Input, size: number, options: AvgPoolOptions = {}): Tensor {
  return spatial("avgPool1d", 3, input, avgPooling("avgPool1d", size, options, 1));
}

/** Means over as many windows as the output has pixels. */
export function adaptiveAvgPool2d(input: Input, size: Size2): Tensor {
  const [oh, ow] = pair("adaptiveAvgPool2d: the output size", size, 1);
  return spatial("adaptiveAvgPool2d", 4, input, (graph, x) => graph.add(adaptiveOp, [x], { oh, ow }));
}

/** The mean of each channel: [n, c, h, w] to [n, c, 1, 1]. */
export function globalAvgPool2d(input: Input): Tensor {
  return spatial("globalAvgPool2d", 4, input, (graph, x) => graph.add(adaptiveOp, [x], { oh: 1, ow: 1 }));
}

/** The largest of as many windows as the output has pixels. */
export function adaptiveMaxPool2d(input: Input, size: Size2): Tensor {
  const [oh, ow] = pair("adaptiveMaxPool2d: the output size", size, 1);
  return spatial("adaptiveMaxPool2d", 4, input, (graph, x) => adaptiveMax(graph, x, oh, ow));
}

/** The largest of each channel: [n, c, h, w] to [n, c, 1, 1]. */
export function globalMaxPool2d(input: Input): Tensor {
  return spatial("globalMaxPool2d", 4, input, (graph, x) => adaptiveMax(graph, x, 1, 1));
}

/** [n, c, h, w] with more, or fewer, pixels in between. */
export function upsample(input: Input, options: UpsampleOptions): Tensor {
  return spatial("upsample", 4, input, upsampling(options));
}

/** Channels become pixels: [n, c factor², h, w] to [n, c, h factor, w factor]. */
export function pixelShuffle(input: Input, factor: number): Tensor {
  return spatial("pixelShuffle", 4, input, (graph, x) => depthToSpace(graph, x, factor, "CRD"));
}

/** Pixels become channels: the inverse of {@link pixelShuffle}. */
export function pixelUnshuffle(input: Input, factor: number): Tensor {
  return spatial("pixelUnshuffle", 4, input, (graph, x) => spaceToDepth(graph, x, factor, "CRD"));
}

/** The product of matrices, [..., m, k] times [..., k, n], as numpy.matmul. */
export function matmul(a: Input, b: Input): Tensor {
  return run(
    [
      [toTensor(a), "dense"],
      [toTensor(b), "dense"],
    ],
    (graph, [va, vb]) => matmulOp(graph, va!, vb!),
  );
}

/** The axes in another order; the reverse one by default. */
export function transpose(input: Input, perm?: readonly number[]): Tensor {
  const x = toTensor(input);
  const order = perm ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  return run([[x, "dense"]], (graph, [value]) => transposed(graph, value!, order));
}

/** y = x w^T + b: input [n, in] or [in], weight [out, in], bias [out]. */
export function linear(input: Input, weight: Input, bias?: Input): Tensor {
  const given = toTensor(input);
  const x = given.shape.length === 1 ? given.reshape(1, given.size) : given;
  const y = run(
    [
      [x, "blocked"],
      [toTensor(weight), "dense"],
      [bias === undefined ? null : toTensor(bias), "dense"],
    ],
    (graph, [vx, vw, vb]) => linearOp(graph, vx!, vw!, vb ?? null),
  );
  return given.shape.length === 1 ? y.reshape(y.size) : y;
}

/** What works element by element, on a tensor of any shape: an op, or a function that adds several. */
function elementwise<A extends object>(op: Pointwise<A>, input: Input, attrs: A): Tensor {
  return run([[toTensor(input), "dense"]], (graph, [x]) =>
    typeof op === "function" ? op(graph, x!, attrs) : graph.add(op, [x!], attrs),
  );
}

type Pointwise<A> = Op<A> | ((graph: Graph, x: Value, attrs: A) => Value);

/** max(x, 0). */
export const relu = (input: Input): Tensor => elementwise(reluOp, input, {});
/** min(max(x, 0), 6). */
export const relu6 = (input: Input): Tensor => elementwise(relu6Op, input, {});
/** x where positive, `negativeSlope` x elsewhere. */
export function leakyRelu(input: Input, negativeSlope = 0.01): Tensor {
  checkNumber("leakyRelu: the slope", negativeSlope);
  return elementwise(leakyReluOp, input, { negativeSlope });
}
/** x where positive, a slope times x elsewhere: slopes [1], or [c] along dimension 1. */
export const prelu = (input: Input, slopes: Input): Tensor =>
  run(
    [
      [toTensor(input), "dense"],
      [toTensor(slopes), "dense"],
    ],
    (graph, [x, slope]) => learnedRelu(graph, x!, slope!),
  );
/** x where positive, alpha (e^x - 1) elsewhere. */
export function elu(input: Input, alpha = 1): Tensor {
  checkNumber("elu: alpha", alpha);
  return elementwise(eluOp, input, { alpha });
}
/** elu with the alpha and the scale that keep mean and variance. */
export const selu = (input: Input): Tensor =>
  elementwise(seluOp, input, { alpha: SELU_ALPHA, gamma: SELU_GAMMA });
/** x times the part of the normal distribution below x, or "tanh" in place of it. */
export function gelu(input: Input, approximate: GeluAttrs["approximate"] = "none"): Tensor {
  checkApproximate(approximate);
  return elementwise(geluOp, input, { approximate });
}
/** x sigmoid(x). */
export const silu = (input: Input): Tensor => elementwise(siluOp, input, {});
/** x min(max(x + 3, 0), 6) / 6. */
export const hardSwish = (input: Input): Tensor => elementwise(hardSwishOp, input, {});
/** min(max(x + 3, 0), 6) / 6. */
export const hardSigmoid = (input: Input): Tensor =>
  elementwise(hardSigmoidOp, input, { alpha: 1 / 6, beta: 0.5 });
/** min(max(x, min), max). */
export function hardtanh(input: Input, min = -1, max = 1): Tensor {
  checkBounds("hardtanh", min, max);
  return elementwise(clipOp, input, { min, max });
}
/** min(max(x, min), max); a bound may be infinite. */
export function clip(input: Input, min: number, max: number): Tensor {
  checkBounds("clip", min, max);
  return elementwise(clipOp, input, { min, max });
}
/** ln(1 + e^(beta x)) / beta. */
export function softplus(input: Input, beta = 1): Tensor {
  checkNumber("softplus: beta", beta, { above: 0 });
  return elementwise(softplusOp, input, { beta });
}
/** 1 / (1 + e^-x). */
export const sigmoid = (input: Input): Tensor => elementwise(sigmoidOp, input, {});
/** Hyperbolic tangent. */
export const tanh = (input: Input): Tensor => elementwise(tanhOp, input, {});
/** The size without the sign. */
export const abs = (input: Input): Tensor => elementwise(absOp, input, {});
/** -x. */
export const neg = (input: Input): Tensor => elementwise(negOp, input, {});
/** e^x. */
export const exp = (input: Input): Tensor => elementwise(expOp, input, {});
/** The natural logarithm. */
export const log = (input: Input): Tensor => elementwise(logOp, input, {});
/** The square root. */
export const sqrt = (input: Input): Tensor => elementwise(sqrtOp, input, {});
/** The error function. */
export const erf = (input: Input): Tensor => elementwise(erfOp, input, {});
/** The next whole number below. */
export const floor = (input: Input): Tensor => elementwise(floorOp, input, {});
/** The next whole number above. */
export const ceil = (input: Input): Tensor => elementwise(ceilOp, input, {});
/** The next whole number towards zero. */
export const trunc = (input: Input): Tensor => elementwise(truncOp, input, {});
/** The nearest whole number; of two the even one. */
export const round = (input: Input): Tensor => elementwise(roundOp, input, {});

/** An op along the channels: dimension 1, or the only one. */
function alongChannels(what: string, op: Op<object>, input: Input): Tensor {
  const x = toTensor(input);
  check(
    x.shape.length >= 1 && x.shape.length <= 4,
    () => `${what}: the input has shape ${formatShape(x.shape)}; it must have 1 to 4 dimensions.`,
  );
  const full = x.shape.length === 1 ? x.reshape(1, x.size) : x;
  return run([[full, "blocked"]], (graph, [value]) => graph.add(op, [value!], {})).reshape(...x.shape);
}

/** e^x over its sum along dimension 1 (of a vector, over all of it). */
export const softmax = (input: Input): Tensor => alongChannels("softmax", softmaxOp, input);
/** The logarithm of {@link softmax}. */
export const logSoftmax = (input: Input): Tensor => alongChannels("logSoftmax", logSoftmaxOp, input);

/** An op on two tensors: of one shape, or the second [n, c, 1, 1] or [1, c, 1, 1] beside [n, c, h, w]. */
function both(what: string, op: Op<object>, a: Input, b: Input): Tensor {
  const [ta, tb] = [toTensor(a), toTensor(b)];
  const images = ta.shape.length === 4 && tb.shape.length === 4;
  if (!images) checkSameShape(what, ta, tb);
  const form = images && !sameShape(ta.shape, tb.shape) ? "blocked" : "dense";
  return run(
    [
      [ta, form],
      [tb, form],
    ],
    (graph, values) => graph.add(op, values, {}),
  );
}

/** a + b; b may be [n, c, 1, 1] against [n, c, h, w]. */
export const add = (a: Input, b: Input): Tensor => both("add", addOp, a, b);
/** a - b; b may be [n, c, 1, 1] against [n, c, h, w]. */
export const subtract = (a: Input, b: Input): Tensor => both("subtract", subtractOp, a, b);
/** a b, element by element; b may be [n, c, 1, 1] against [n, c, h, w]. */
export const multiply = (a: Input, b: Input): Tensor => both("multiply", multiplyOp, a, b);
/** a / b; b may be [n, c, 1, 1] against [n, c, h, w]. */
export const divide = (a: Input, b: Input): Tensor => both("divide", divideOp, a, b);
/** The smaller of each pair; b may be [n, c, 1, 1] against [n, c, h, w]. */
export const minimum = (a: Input, b: Input): Tensor => both("minimum", minimumOp, a, b);
/** The larger of each pair; b may be [n, c, 1, 1] against [n, c, h, w]. */
export const maximum = (a: Input, b: Input): Tensor => both("maximum", maximumOp, a, b);
/** a to the power of a number or, element by element, of b, which may be [n, c, 1, 1] against [n, c, h, w]. */
export const pow = (a: Input, b: Input): Tensor =>
  typeof b === "number" ? elementwise((graph, x) => powered(graph, x, b), a, {}) : both("pow", power, a, b);

/** Tensors one after the other along dimension 1. */
export function concat(...inputs: Input[]): Tensor {
  check(inputs.length > 0, "concat: give at least one tensor.");
  const tensors = inputs.map(toTensor);
  return run(
    tensors.map((t) => [t, "blocked"] as const),
    (graph, values) => graph.add(concatOp, values, {}),
  );
}

/** All dimensions but the first in one. */
export function flatten(input: Input): Tensor {
  const x = toTensor(input);
  return x.reshape(x.shape[0] ?? 1, sizeOf(x.shape.slice(1)));
}

export interface BatchNormInputs {
  weight?: Input;
  bias?: Input;
  /** Default 1e-5. */
  eps?: number;
  /** Use the statistics of the batch; mean and variance are then not given. Default false. */
  training?: boolean;
}

/** (x - mean) / sqrt(var + eps) * weight + bias, per channel. Input [n, c, ...], the rest [c]. */
export function batchNorm(
  input: Input,
  mean: Input | null,
  variance: Input | null,
  options: BatchNormInputs = {},
): Tensor {
  checkOptions("batchNorm", options, ["weight", "bias", "eps", "training"]);
  const { weight, bias, eps = 1e-5, training = false } = options;
  checkNumber("batchNorm: eps", eps, { min: 0 });
  checkFlags("batchNorm", { training });
  const x = toTensor(input);
  const c = x.shape[1] ?? 0;
  const vector = (name: string, values: Input | null | undefined): Tensor | null => {
    if (values === undefined || values === null) return null;
    const t = toTensor(values);
    check(
      t.size === c,
      () =>
        `batchNorm: ${name} has ${t.size} values, but the input ${formatShape(x.shape)} has ${c} channels.`,
    );
    return t.reshape(c);
  };
  check(
    training || (mean !== null && variance !== null),
    "batchNorm: give mean and variance, or { training: true } to take them from the batch.",
  );
  const m = vector("mean", training ? new Float32Array(c) : mean)!;
  const v = vector("variance", training ? new Float32Array(c) : variance)!;
  return run(
    [
      [x, "blocked"],
      [vector("weight", weight), "dense"],
      [vector("bias", bias), "dense"],
      [m, "dense"],
      [v, "dense"],
    ],
    (graph, values) =>
      training
        ? graph.add(batchNormTrain, [...values, null], { eps, momentum: 0 })
        : graph.add(batchNormOp, values, { eps }),
  );
}

/** Each channel of each image less its mean, over its standard deviation, times weight [c], plus bias [c]: input [n, c, ...]. */
export function instanceNorm(
  input: Input,
  options: { weight?: Input; bias?: Input; eps?: number } = {},
): Tensor {
  checkOptions("instanceNorm", options, ["weight", "bias", "eps"]);
  const { weight, bias, eps = 1e-5 } = options;
  checkNumber("instanceNorm: eps", eps, { min: 0 });
  return run(
    [
      [toTensor(input), "blocked"],
      [weight === undefined ? null : toTensor(weight), "dense"],
      [bias === undefined ? null : toTensor(bias), "dense"],
    ],
    (graph, [x, w, b]) => instanceNormOp(graph, x!, w ?? null, b ?? null, eps),
  );
}

/** x / (k + alpha / size * sum of the squares of `size` neighbouring channels)^beta. */
export function localResponseNorm(
  input: Input,
  size: number,
  options: { alpha?: number; beta?: number; k?: number } = {},
): Tensor {
  checkOptions("localResponseNorm", options, ["alpha", "beta", "k"]);
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  return spatial("localResponseNorm", 4, input, (graph, x) =>
    graph.add(lrnOp, [x], { size, alpha, beta, k }),
  );
}

/** Zeroes each element with probability p and scales the others by 1 / (1 - p), by seed. */
export function dropout(input: Input, p = 0.5, seed = 0): Tensor {
  checkNumber("dropout: p", p, { min: 0, max: 1 });
  checkCount("dropout: the seed", seed, 0);
  const x = toTensor(input);
  return run(
    [
      [x.reshape(1, 1, 1, x.size), "blocked"],
      [tensor([seed, 0]), "dense"],
    ],
    (graph, values) => graph.add(dropoutOp, values, { p, salt: 0 }),
  ).reshape(...x.shape);
}

/** Mean cross entropy of scores [n, classes] against class indices. */
export function crossEntropy(
  scores: Input,
  targets: ArrayLike<number>,
  options: { labelSmoothing?: number } = {},
): number {
  checkOptions("crossEntropy", options, ["labelSmoothing"]);
  checkIs(
    typeof targets?.length === "number",
    "crossEntropy: the targets",
    targets,
    "a list of class indices",
  );
  const x = toTensor(scores);
  const [n = 0, classes = 0] = x.shape;
  check(
    x.shape.length === 2 && targets.length === n,
    () =>
      `crossEntropy: the scores have shape ${formatShape(x.shape)} and there are ${targets.length} targets; give [n, classes] and n.`,
  );
  const wrong = Array.from(targets).findIndex((t) => !Number.isInteger(t) || t < 0 || t >= classes);
  check(
    wrong < 0,
    () => `crossEntropy: target ${wrong} is ${targets[wrong]}, not a class from 0 to ${classes - 1}.`,
  );
  const { labelSmoothing = 0 } = options;
  const loss = run(
    [
      [x, "blocked"],
      [tensor(targets, [n]), "dense"],
    ],
    (graph, values) => graph.add(crossEntropyOp, values, { labelSmoothing }),
  );
  return loss.data[0]!;
}

/** Mean squared difference. */
export function mse(a: Input, b: Input): number {
  const [ta, tb] = [toTensor(a), toTensor(b)];
  checkSameShape("mse", ta, tb);
  const flat = (t: Tensor): Tensor => t.reshape(1, t.size);
  return run(
    [
      [flat(ta), "blocked"],
      [flat(tb), "blocked"],
    ],
    (graph, values) => graph.add(mseOp, values, {}),
  ).data[0]!;
}
