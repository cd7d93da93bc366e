import type { Graph } from "../graph/graph.js";
import { type ConvOptions, convolve, settleConv } from "../layers/convolution.js";
import { checkMode, type Padding, padded, sidesOf } from "../layers/padding.js";
import { type AvgPoolOptions, avgPooling, type MaxPoolOptions, maxPooling } from "../layers/pooling.js";
import { type UpsampleOptions, upsampling } from "../layers/resize.js";
import {
  type ConvTransposeOptions,
  convolveTransposed,
  settleTransposed,
} from "../layers/transposed-convolution.js";
import { adaptiveAvgPool2d as adaptiveOp } from "../ops/adaptive-avg-pool2d.js";
import { adaptiveMaxPool2d as adaptiveMax } from "../ops/adaptive-max-pool2d.js";
import { depthToSpace, spaceToDepth } from "../ops/depth-to-space.js";
import type { Value } from "../ops/op.js";
import type { PaddingMode } from "../ops/pad.js";
import { pair, type Size2 } from "../ops/shape.js";
import type { Tensor } from "../tensor.js";
import { type Input, run, spatial, toTensor, unsqueeze } from "./call.js";

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
