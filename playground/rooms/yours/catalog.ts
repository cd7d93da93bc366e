import type { Layer } from "featuremap";
import * as featuremap from "featuremap";

/** A layer as the editor offers it. */
export interface Entry {
  readonly make: (...args: never[]) => Layer;
  /** Its arguments: "channels, kernel, { ... }". */
  readonly takes: string;
  readonly text: string;
  /** Its options by name, each with a line about it. */
  readonly options: Readonly<Record<string, string>>;
}

const stride = "step of the window; a number or [height, width]";
const padding = 'pixels around: a number, [height, width], four sides, "same" or "valid"';
const dilation = "distance between neighbouring taps; 1 is none";
const bias = "learn a number to add to each output; true unless you say false";
const init = "first weights: { weight: inits.heNormal() }";
const groups = "channels fall into so many groups that do not see each other";
const eps = "added to the variance; 1e-5";

const convolution = {
  stride,
  padding,
  paddingMode: '"zeros", "reflect", "replicate", "circular" or "symmetric"',
  dilation,
  groups,
  flip: "true convolution: the kernel turned by 180 degrees",
  bias,
  init,
};
const { groups: _groups, ...depthwise } = convolution;
const transposed = {
  stride,
  padding,
  outputPadding: "rows and columns added at the end",
  dilation,
  groups,
  bias,
  init,
};
const ceilMode = "round the output size up";
const maxPooling = { stride, padding, dilation, ceilMode };
const avgPooling = { stride, padding, ceilMode, countIncludePad: "padding counts in the mean, as zeros" };

const {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  batchNorm2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
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
  leakyRelu,
  linear,
  localResponseNorm,
  logSoftmax,
  maxPool1d,
  maxPool2d,
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
} = featuremap;

const entry = (make: Entry["make"], takes: string, text: string, options: Entry["options"] = {}): Entry => ({
  make,
  takes,
  text,
  options,
});

/** The layers of the library, all of them. */
export const catalog: Readonly<Record<string, Entry>> = {
  sequential: entry(sequential, "[ ... ]", "Layers one after the other; a list, or an object of named ones."),
  residual: entry(
    residual,
    "[ ... ], { shortcut }",
    "What the layers give, plus the input itself or a shortcut.",
    {
      shortcut: "a layer that brings the input to the same shape, such as conv2d(32, 1, { stride: 2 })",
    },
  ),
  parallel: entry(parallel, "[ ... ]", "Branches on the same input, their channels one after the other."),

  conv2d: entry(conv2d, "channels, kernel, { ... }", "A convolution.", convolution),
  depthwiseConv2d: entry(depthwiseConv2d, "kernel, { ... }", "A convolution of each channel by itself.", {
    ...depthwise,
    multiplier: "output channels for each input channel",
  }),
  convTranspose2d: entry(
    convTranspose2d,
    "channels, kernel, { ... }",
    "A transposed convolution, which enlarges.",
    transposed,
  ),
  conv1d: entry(conv1d, "channels, kernel, { ... }", "A convolution along one dimension.", convolution),
  convTranspose1d: entry(
    convTranspose1d,
    "channels, kernel, { ... }",
    "A transposed convolution along one dimension.",
    transposed,
  ),
  linear: entry(linear, "features, { ... }", "Every output sees every input. Put flatten() before it.", {
    bias,
    init,
  }),

  maxPool2d: entry(maxPool2d, "size, { ... }", "The largest value of each window.", maxPooling),
  avgPool2d: entry(avgPool2d, "size, { ... }", "The mean of each window.", avgPooling),
  globalAvgPool2d: entry(globalAvgPool2d, "", "The mean of each channel, one pixel large."),
  globalMaxPool2d: entry(globalMaxPool2d, "", "The largest pixel of each channel."),
  adaptiveAvgPool2d: entry(adaptiveAvgPool2d, "size", "Means over as many windows as the output has pixels."),
  adaptiveMaxPool2d: entry(
    adaptiveMaxPool2d,
    "size",
    "The largest of as many windows as the output has pixels.",
  ),
  maxPool1d: entry(
    maxPool1d,
    "size, { ... }",
    "The largest value of each window along one dimension.",
    maxPooling,
  ),
  avgPool1d: entry(avgPool1d, "size, { ... }", "The mean of each window along one dimension.", avgPooling),

  batchNorm2d: entry(batchNorm2d, "{ ... }", "Each channel to mean 0 and variance 1 over the batch.", {
    eps,
    momentum: "weight of the new batch in the running statistics; 0.1",
    affine: "learn a scale and a shift for each channel; true",
  }),
  instanceNorm2d: entry(instanceNorm2d, "{ ... }", "Each channel of each image to mean 0 and variance 1.", {
    eps,
    affine: "learn a scale and a shift for each channel; false",
  }),
  localResponseNorm: entry(
    localResponseNorm,
    "size, { ... }",
    "Divides by what neighbouring channels say, as AlexNet did.",
    {
      alpha: "1e-4",
      beta: "0.75",
      k: "1",
    },
  ),
  dropout: entry(dropout, "p", "In training, sets each value to zero with probability p."),

  relu: entry(relu, "", "max(x, 0)."),
  relu6: entry(relu6, "", "min(max(x, 0), 6)."),
  leakyRelu: entry(leakyRelu, "slope", "x where positive, slope times x elsewhere."),
  prelu: entry(prelu, "slopes, first", "x where positive, a learned slope times x elsewhere."),
  elu: entry(elu, "alpha", "x where positive, alpha (e^x - 1) elsewhere."),
  selu: entry(selu, "", "elu with the numbers that keep mean and variance."),
  gelu: entry(gelu, "", "x times the part of the normal distribution below x."),
  silu: entry(silu, "", "x sigmoid(x), also known as swish."),
  hardSwish: entry(hardSwish, "", "A silu of straight lines."),
  sigmoid: entry(sigmoid, "", "1 / (1 + e^-x)."),
  hardSigmoid: entry(hardSigmoid, "", "A sigmoid of straight lines."),
  tanh: entry(tanh, "", "Hyperbolic tangent."),
  hardtanh: entry(hardtanh, "min, max", "min(max(x, min), max)."),
  softplus: entry(softplus, "beta", "ln(1 + e^(beta x)) / beta."),
  softmax: entry(softmax, "", "Probabilities. For training end with the scores instead."),
  logSoftmax: entry(logSoftmax, "", "Logarithms of probabilities. For training end with the scores instead."),

  flatten: entry(flatten, "", "All dimensions in one, before linear layers."),
  unflatten: entry(unflatten, "[c, h, w]", "The same numbers in another shape."),
  pad: entry(pad, "padding, mode", "Pixels around the input."),
  upsample: entry(upsample, "{ scale }", "More pixels, or fewer.", {
    size: "[height, width] of the output",
    scale: "how many times as high and wide",
    mode: '"nearest" or "bilinear"',
    alignCorners: "the corners' pixels lie on the corners; false",
  }),
  pixelShuffle: entry(pixelShuffle, "factor", "Channels become pixels."),
  pixelUnshuffle: entry(pixelUnshuffle, "factor", "Pixels become channels."),
};
