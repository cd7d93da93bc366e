// What each op is in ONNX: one line an op, by the op's name. Ops that only training has are absent.

import type { BatchNormAttrs } from "../../ops/batch-norm.js";
import type { ChannelScaleAttrs } from "../../ops/channel-scale.js";
import type { LeakyReluAttrs } from "../../ops/leaky-relu.js";
import type { LocalResponseNormAttrs } from "../../ops/local-response-norm.js";
import { float, type Node, type Value } from "../../ops/op.js";
import type { SliceAttrs } from "../../ops/slice-channels.js";
import { conv, convTranspose, gemm } from "./convolution.js";
import { argMax, rearrange, reduce, resample, resamplePixels, reshape } from "./dense.js";
import { affine, clip, gelu, softplus, trunc } from "./elementwise.js";
import { padding } from "./padding.js";
import { adaptiveAvgPool, avgPool, maxPool, maxPoolIndices } from "./pooling.js";
import type { Attribute, Writer } from "./writer.js";

/** Writes a node of the graph and returns the name of its output. */
export type Rule = (out: Writer, node: Node) => string;

/** One node of the same inputs. */
const as =
  (type: string, attributes: Readonly<Record<string, Attribute>> = {}): Rule =>
  (out, node) =>
    out.node(type, out.inputs(node), attributes);

/** One node of the same inputs whose attributes are the op's own numbers. */
const floats =
  (type: string, ...names: string[]): Rule =>
  (out, node) =>
    out.node(
      type,
      out.inputs(node),
      Object.fromEntries(names.map((name) => [name, float(node.attrs[name])])),
    );

export const RULES: Readonly<Record<string, Rule>> = {
  abs: as("Abs"),
  adaptiveAvgPool2d: adaptiveAvgPool,
  add: as("Add"),
  affine,
  argMax,
  avgPool2d: avgPool,
  batchNorm,
  blocked: reshape,
  ceil: as("Ceil"),
  channelScale,
  clip,
  concat: as("Concat", { axis: 1 }),
  constant: (out, { attrs, outputs }: Node<{ values: Float32Array }>) =>
    out.floats(attrs.values, outputs[0]!.shape),
  conv2d: conv,
  convTranspose2d: convTranspose,
  dense: reshape,
  divide: as("Div"),
  elu: floats("Elu", "alpha"),
  erf: as("Erf"),
  exp: as("Exp"),
  floor: as("Floor"),
  gelu,
  hardSigmoid: floats("HardSigmoid", "alpha", "beta"),
  instanceNorm,
  joined: (out, node: Node<{ axis: number }>) =>
    out.node("Concat", out.inputs(node), { axis: node.attrs.axis }),
  leakyRelu: (out, { inputs, attrs }: Node<LeakyReluAttrs>) =>
    out.node("LeakyRelu", [out.value(inputs[0]!)], { alpha: float(attrs.negativeSlope) }),
  linear: gemm,
  localResponseNorm,
  log: as("Log"),
  logSoftmax: as("LogSoftmax", { axis: 1 }),
  matmul: as("MatMul"),
  maximum: as("Max"),
  maxPool2d: maxPool,
  maxPoolIndices,
  minimum: as("Min"),
  multiply: as("Mul"),
  pad: padding,
  power: as("Pow"),
  powerOf: (out, { inputs, attrs }: Node<{ exponent: number }>) =>
    out.node("Pow", [out.value(inputs[0]!), out.floats([attrs.exponent])]),
  prelu: as("PRelu"),
  rearrange,
  reduce,
  relu: as("Relu"),
  relu6: (out, node) => out.node("Clip", [...out.inputs(node), out.floats([0]), out.floats([6])]),
  resample,
  resamplePixels,
  reshape,
  round: as("Round"),
  selu: floats("Selu", "alpha", "gamma"),
  sigmoid: as("Sigmoid"),
  sliceChannels,
  softmax: as("Softmax", { axis: 1 }),
  softplus,
  sqrt: as("Sqrt"),
  subtract: as("Sub"),
  tanh: as("Tanh"),
  trunc,
};

function batchNorm(out: Writer, node: Node<BatchNormAttrs>): string {
  const [x, weight, bias, mean, variance] = node.inputs as [Value, Value | null, Value | null, Value, Value];
  const inputs = [out.value(x), ...scaleAndShift(out, x, weight, bias), out.value(mean), out.value(variance)];
  return out.node("BatchNormalization", inputs, { epsilon: float(node.attrs.eps) });
}

function instanceNorm(out: Writer, node: Node<BatchNormAttrs>): string {
  const [x, weight, bias] = node.inputs as [Value, Value | null, Value | null];
  const inputs = [out.value(x), ...scaleAndShift(out, x, weight, bias)];
  return out.node("InstanceNormalization", inputs, { epsilon: float(node.attrs.eps) });
}

/** A scale and a shift for each channel, 1 and 0 where there are none: ONNX wants them. */
function scaleAndShift(out: Writer, x: Value, weight: Value | null, bias: Value | null): string[] {
  const c = x.shape[1]!;
  return [
    weight ? out.value(weight) : out.floats(new Float32Array(c).fill(1), [c]),
    bias ? out.value(bias) : out.floats(new Float32Array(c), [c]),
  ];
}

function channelScale(out: Writer, { inputs, attrs }: Node<ChannelScaleAttrs>): string {
  const x = inputs[0]!;
  const perChannel = (numbers: readonly number[]): string =>
    out.floats(numbers, [1, numbers.length, ...x.shape.slice(2).map(() => 1)]);
  return out.node("Add", [out.node("Mul", [out.value(x), perChannel(attrs.scale)]), perChannel(attrs.shift)]);
}

function localResponseNorm(out: Writer, node: Node<LocalResponseNormAttrs>): string {
  const x = node.inputs[0]!;
  const { size, alpha, beta, k } = node.attrs;
  if (size % 2 === 1 && x.shape.length === 4) {
    return out.node("LRN", [out.value(x)], {
      size,
      alpha: float(alpha),
      beta: float(beta),
      bias: float(k),
    });
  }
  // ONNX has the longer side of an even neighbourhood after the channel, torch before it: the sum as a 1 x 1 convolution.
  const c = x.shape[1]!;
  const weights = new Float32Array(c * c);
  for (let i = 0; i < c; i++) {
    const first = i - Math.floor(size / 2);
    for (let j = Math.max(0, first); j < Math.min(c, first + size); j++) weights[i * c + j] = alpha / size;
  }
  const source = out.value(x);
  const ones = x.shape.slice(2).map(() => 1);
  const sums = out.node("Conv", [
    out.node("Mul", [source, source]),
    out.floats(weights, [c, c, ...ones]),
    out.floats(new Float32Array(c).fill(k), [c]),
  ]);
  return out.node("Div", [source, out.node("Pow", [sums, out.floats([beta])])]);
}

function sliceChannels(out: Writer, node: Node<SliceAttrs>): string {
  const { start, count } = node.attrs;
  const range = [[start], [start + count], [1]].map((values) => out.integers(values));
  return out.node("Slice", [out.value(node.inputs[0]!), ...range]);
}
