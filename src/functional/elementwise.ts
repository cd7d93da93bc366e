import { check, checkNumber } from "../errors.js";
import type { Graph } from "../graph/graph.js";
import { abs as absOp } from "../ops/abs.js";
import { add as addOp } from "../ops/add.js";
import { ceil as ceilOp } from "../ops/ceil.js";
import { checkBounds, clip as clipOp } from "../ops/clip.js";
import { concat as concatOp } from "../ops/concat.js";
import { divide as divideOp } from "../ops/divide.js";
import { checkSameShape } from "../ops/elementwise.js";
import { elu as eluOp } from "../ops/elu.js";
import { erf as erfOp } from "../ops/erf.js";
import { exp as expOp } from "../ops/exp.js";
import { floor as floorOp } from "../ops/floor.js";
import { checkApproximate, type GeluAttrs, gelu as geluOp } from "../ops/gelu.js";
import { hardSigmoid as hardSigmoidOp } from "../ops/hard-sigmoid.js";
import { hardSwish as hardSwishOp } from "../ops/hard-swish.js";
import { leakyRelu as leakyReluOp } from "../ops/leaky-relu.js";
import { log as logOp } from "../ops/log.js";
import { logSoftmax as logSoftmaxOp } from "../ops/log-softmax.js";
import { maximum as maximumOp } from "../ops/maximum.js";
import { minimum as minimumOp } from "../ops/minimum.js";
import { multiply as multiplyOp } from "../ops/multiply.js";
import { neg as negOp } from "../ops/neg.js";
import type { Op, Value } from "../ops/op.js";
import { power, powered } from "../ops/power.js";
import { learnedRelu } from "../ops/prelu.js";
import { relu as reluOp } from "../ops/relu.js";
import { relu6 as relu6Op } from "../ops/relu6.js";
import { round as roundOp } from "../ops/round.js";
import { SELU_ALPHA, SELU_GAMMA, selu as seluOp } from "../ops/selu.js";
import { sameShape } from "../ops/shape.js";
import { sigmoid as sigmoidOp } from "../ops/sigmoid.js";
import { silu as siluOp } from "../ops/silu.js";
import { softmax as softmaxOp } from "../ops/softmax.js";
import { softplus as softplusOp } from "../ops/softplus.js";
import { sqrt as sqrtOp } from "../ops/sqrt.js";
import { subtract as subtractOp } from "../ops/subtract.js";
import { tanh as tanhOp } from "../ops/tanh.js";
import { trunc as truncOp } from "../ops/trunc.js";
import { formatShape, sizeOf, type Tensor } from "../tensor.js";
import { type Input, run, toTensor } from "./call.js";

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
