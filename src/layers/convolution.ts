import { check, checkCount, checkFlags, checkOptions } from "../errors.js";
import { conv2d as convOp } from "../ops/conv2d.js";
import type { GraphWriter, Value } from "../ops/op.js";
import type { PaddingMode } from "../ops/pad.js";
import { type Size2, windowPair } from "../ops/shape.js";
import { checkInits, fanIn, type Inits } from "./init.js";
import type { Layer } from "./layer.js";
import { checkMode, type Padding, padded, sidesOf } from "./padding.js";

/** Options of a convolution; torch's, with uneven padding and true convolution besides. */
export interface ConvOptions {
  /** Step of the window. Default 1. */
  stride?: Size2;
  /** Pixels around the input. Default 0. */
  padding?: Padding;
  /** What the padding shows. Default "zeros". */
  paddingMode?: PaddingMode;
  /** Distance between neighbouring taps of the kernel. Default 1. */
  dilation?: Size2;
  /** Channels fall into this many groups that do not see each other. Default 1. */
  groups?: number;
  /** True convolution: the kernel is turned by 180 degrees. Default false, correlation, as in every network library. */
  flip?: boolean;
}

const CONV_OPTIONS = ["stride", "padding", "paddingMode", "dilation", "groups", "flip"];

interface Settled {
  readonly stride: [number, number];
  readonly dilation: [number, number];
  readonly groups: number;
  readonly flip: boolean;
  readonly padding: Padding;
  readonly mode: PaddingMode;
}

/** The options with defaults, checked. In one dimension a size means the width. */
export function settleConv(
  what: string,
  options: ConvOptions,
  known: readonly string[],
  dimensions: 1 | 2,
): Settled {
  checkOptions(what, options, [...CONV_OPTIONS, ...known]);
  const {
    stride = 1,
    dilation = 1,
    groups = 1,
    flip = false,
    padding = 0,
    paddingMode: mode = "zeros",
  } = options;
  checkMode(what, mode);
  checkCount(`${what}: groups`, groups);
  checkFlags(what, { flip });
  return {
    stride: windowPair(`${what}: stride`, stride, dimensions),
    dilation: windowPair(`${what}: dilation`, dilation, dimensions),
    groups,
    flip,
    padding,
    mode,
  };
}

/** Adds padding and convolution to a graph. */
export function convolve(
  graph: GraphWriter,
  what: string,
  x: Value,
  w: Value,
  b: Value | null,
  settled: Settled,
): Value {
  const { stride, dilation, groups, flip, padding, mode } = settled;
  const kernel: [number, number] = [w.shape.length === 4 ? w.shape[2]! : 1, w.shape.at(-1)!];
  const sides = sidesOf(what, padding, x, { kernel, stride, dilation });
  const [sh, sw] = stride;
  const [dh, dw] = dilation;
  return graph.add(convOp, [padded(graph, x, sides, mode), w, b], { sh, sw, dh, dw, groups, flip });
}

/** Options of a convolutional layer. */
export interface ConvLayerOptions extends ConvOptions {
  /** Learn a number to add to each output channel. Default true. */
  bias?: boolean;
  /** Initial values of weight and bias. Default: torch's. */
  init?: Inits;
}

function convLayer(
  type: string,
  what: string,
  dimensions: 1 | 2,
  outs: number,
  kernel: Size2,
  options: ConvLayerOptions,
): Layer {
  const settled = settleConv(what, options, ["bias", "init"], dimensions);
  const { bias = true, init = {} } = options;
  checkFlags(what, { bias });
  checkInits(what, init);
  const [kh, kw] = windowPair(`${what}: the kernel`, kernel, dimensions);
  checkCount(`${what}: the number of output channels`, outs);
  return {
    type,
    apply(scope, x) {
      check(
        x.shape.length === dimensions + 2,
        () =>
          `${what}: the input has shape [${x.shape.join(", ")}], but it must be ${dimensions === 2 ? "[n, c, h, w]" : "[n, c, l]"}.`,
      );
      const ins = x.shape[1]!;
      check(
        ins % settled.groups === 0 && outs % settled.groups === 0,
        () =>
          `${what}: groups is ${settled.groups}, which must divide the ${ins} input and the ${outs} output channels.`,
      );
      const fan = (ins / settled.groups) * (dimensions === 2 ? kh * kw : kw);
      const shape = [outs, ins / settled.groups, ...(dimensions === 2 ? [kh, kw] : [kw])];
      const w = scope.parameter("weight", shape, init.weight?.(shape) ?? fanIn(fan));
      const b = bias ? scope.parameter("bias", [outs], init.bias?.([outs]) ?? fanIn(fan)) : null;
      return convolve(scope.graph, what, x, w, b, settled);
    },
  };
}

/**
 * A convolutional layer (torch.nn.Conv2d): [n, c, h, w] to [n, channels, oh, ow] with
 * oh = floor((h + padding - dilation (kh - 1) - 1) / stride) + 1. Input channels are inferred. It has
 * (kh kw c / groups + 1) channels parameters.
 */
export function conv2d(channels: number, kernel: Size2, options: ConvLayerOptions = {}): Layer {
  return convLayer("Conv2d", "conv2d", 2, channels, kernel, options);
}

/** A convolution along one dimension (torch.nn.Conv1d): [n, c, l] to [n, channels, ol]. */
export function conv1d(channels: number, kernel: number, options: ConvLayerOptions = {}): Layer {
  return convLayer("Conv1d", "conv1d", 1, channels, kernel, options);
}

/** A depthwise convolution: each channel is convolved by itself, with `multiplier` kernels each. Options as conv2d's. */
export function depthwiseConv2d(
  kernel: Size2,
  options: ConvLayerOptions & { multiplier?: number } = {},
): Layer {
  checkOptions("depthwiseConv2d", options, [...CONV_OPTIONS, "bias", "init", "multiplier"]);
  const { multiplier = 1, ...rest } = options;
  check(!("groups" in rest), "depthwiseConv2d: groups follows from the input; use conv2d to set it.");
  checkCount("depthwiseConv2d: multiplier", multiplier);
  // The settings are checked now, the channels when the input is known.
  convLayer("Conv2d", "depthwiseConv2d", 2, 1, kernel, rest);
  return {
    type: "Conv2d",
    apply(scope, x) {
      const channels = x.shape[1]!;
      return convLayer("Conv2d", "depthwiseConv2d", 2, channels * multiplier, kernel, {
        ...rest,
        groups: channels,
      }).apply(scope, x);
    },
  };
}
