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
import { adaptiveAvgPool2d as adaptiveOp } from "./ops/adaptive-avg-pool2d.js";
import { add as addOp } from "./ops/add.js";
import { batchNorm as batchNormOp, batchNormTrain } from "./ops/batch-norm.js";
import { concat as concatOp } from "./ops/concat.js";
import { crossEntropy as crossEntropyOp } from "./ops/cross-entropy.js";
import { dropout as dropoutOp } from "./ops/dropout.js";
import { checkSameShape } from "./ops/elementwise.js";
import { leakyRelu as leakyReluOp } from "./ops/leaky-relu.js";
import { linear as linearOp } from "./ops/linear.js";
import { localResponseNorm as lrnOp } from "./ops/local-response-norm.js";
import { logSoftmax as logSoftmaxOp } from "./ops/log-softmax.js";
import { mse as mseOp } from "./ops/mse.js";
import { multiply as multiplyOp } from "./ops/multiply.js";
import type { Form, Op, Value } from "./ops/op.js";
import type { PaddingMode } from "./ops/pad.js";
import { relu as reluOp } from "./ops/relu.js";
import { relu6 as relu6Op } from "./ops/relu6.js";
import { pair, type Size2 } from "./ops/shape.js";
import { sigmoid as sigmoidOp } from "./ops/sigmoid.js";
import { softmax as softmaxOp } from "./ops/softmax.js";
import { tanh as tanhOp } from "./ops/tanh.js";
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
  options: ConvOptions & { bias?: Input },
): Tensor {
  const settled = settleConv(what, options, ["bias"], dimensions);
  const { bias } = options;
  const { x, squeeze } = unsqueeze(what, toTensor(input), dimensions + 2);
  const { x: w } = unsqueeze(`${what}: the weight`, toTensor(weight), dimensions + 2);
  const b = bias === undefined ? null : toTensor(bias);
  const y = run(
    [
      [x, "blocked"],
      [w, "dense"],
      [b, "dense"],
    ],
    (graph, [vx, vw, vb]) => convolve(graph, what, vx!, vw!, vb ?? null, settled),
  );
  return squeeze(y);
}

/**
 * Correlation of the input with kernels, or true convolution with `flip: true`. Input [n, c, h, w], weight
 * [k, c / groups, kh, kw], bias [k]; or plain images, input [h, w] with weight [kh, kw].
 */
export function conv2d(input: Input, weight: Input, options: ConvOptions & { bias?: Input } = {}): Tensor {
  return convolution("conv2d", 2, input, weight, options);
}

/**
 * The same along one dimension: input [n, c, l], weight [k, c / groups, kl]; or [l] with [kl]. The product of two
 * polynomials is `conv1d(a, b, { flip: true, padding: b.length - 1 })`.
 */
export function conv1d(input: Input, weight: Input, options: ConvOptions & { bias?: Input } = {}): Tensor {
  return convolution("conv1d", 1, input, weight, options);
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

/** An op that works element by element, on a tensor of any shape. */
function elementwise<A extends object>(op: Op<A>, input: Input, attrs: A): Tensor {
  const x = toTensor(input);
  const y = run([[x.reshape(1, 1, 1, x.size), "blocked"]], (graph, [value]) =>
    graph.add(op, [value!], attrs),
  );
  return y.reshape(...x.shape);
}

/** max(x, 0). */
export const relu = (input: Input): Tensor => elementwise(reluOp, input, {});
/** min(max(x, 0), 6). */
export const relu6 = (input: Input): Tensor => elementwise(relu6Op, input, {});
/** x where positive, `negativeSlope` x elsewhere. */
export function leakyRelu(input: Input, negativeSlope = 0.01): Tensor {
  checkNumber("leakyRelu: the slope", negativeSlope);
  return elementwise(leakyReluOp, input, { negativeSlope });
}
/** 1 / (1 + e^-x). */
export const sigmoid = (input: Input): Tensor => elementwise(sigmoidOp, input, {});
/** Hyperbolic tangent. */
export const tanh = (input: Input): Tensor => elementwise(tanhOp, input, {});

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

function both(what: string, op: Op<object>, a: Input, b: Input): Tensor {
  const [ta, tb] = [toTensor(a), toTensor(b)];
  if (ta.shape.length === 4 && tb.shape.length === 4) {
    return run(
      [
        [ta, "blocked"],
        [tb, "blocked"],
      ],
      (graph, values) => graph.add(op, values, {}),
    );
  }
  checkSameShape(what, ta, tb);
  const flat = (t: Tensor): Tensor => t.reshape(1, 1, 1, t.size);
  return run(
    [
      [flat(ta), "blocked"],
      [flat(tb), "blocked"],
    ],
    (graph, values) => graph.add(op, values, {}),
  ).reshape(...ta.shape);
}

/** a + b; b may be [n, c, 1, 1] against [n, c, h, w]. */
export const add = (a: Input, b: Input): Tensor => both("add", addOp, a, b);
/** a b, element by element; b may be [n, c, 1, 1] against [n, c, h, w]. */
export const multiply = (a: Input, b: Input): Tensor => both("multiply", multiplyOp, a, b);

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
