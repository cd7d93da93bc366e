import { check, checkCount, checkFlags, checkIs, checkOptions } from "../errors.js";
import { convTranspose2d as convTransposeOp } from "../ops/conv-transpose2d.js";
import type { GraphWriter, Value } from "../ops/op.js";
import { pair, type Size2, windowPair } from "../ops/shape.js";
import { formatShape } from "../tensor.js";
import { checkInits, fanIn, type Inits } from "./init.js";
import type { Layer } from "./layer.js";
import { type Padding, sidesOf } from "./padding.js";

/** Options of a transposed convolution; torch's, with uneven padding besides. */
export interface ConvTransposeOptions {
  /** Distance of neighbouring input pixels in the output. Default 1. */
  stride?: Size2;
  /** Rows and columns cut off around the output: the padding of the convolution that it turns round. Default 0. */
  padding?: Exclude<Padding, "same">;
  /** Rows and columns added at the end, fewer than stride or dilation. Default 0. */
  outputPadding?: Size2;
  /** Distance between neighbouring taps of the kernel. Default 1. */
  dilation?: Size2;
  /** Channels fall into this many groups that do not see each other. Default 1. */
  groups?: number;
}

const OPTIONS = ["stride", "padding", "outputPadding", "dilation", "groups"];

interface Settled {
  readonly stride: [number, number];
  readonly dilation: [number, number];
  readonly added: [number, number];
  readonly groups: number;
  readonly padding: Padding;
}

/** The options with defaults, checked. In one dimension a size means the width. */
export function settleTransposed(
  what: string,
  options: ConvTransposeOptions,
  known: readonly string[],
  dimensions: 1 | 2,
): Settled {
  checkOptions(what, options, [...OPTIONS, ...known]);
  const { padding = 0, outputPadding = 0, groups = 1 } = options;
  checkCount(`${what}: groups`, groups);
  checkIs((padding as Padding) !== "same", `${what}: padding`, padding, "numbers, as the sizes cannot stay");
  const stride = windowPair(`${what}: stride`, options.stride ?? 1, dimensions);
  const dilation = windowPair(`${what}: dilation`, options.dilation ?? 1, dimensions);
  if (dimensions === 1) checkCount(`${what}: outputPadding`, outputPadding, 0);
  const [addH, addW] = pair(`${what}: outputPadding`, outputPadding, 0);
  const added: [number, number] = [dimensions === 1 ? 0 : addH, addW];
  added.forEach((rows, i) => {
    check(
      rows < Math.max(stride[i]!, dilation[i]!),
      () =>
        `${what}: outputPadding is ${rows}; it must be smaller than the stride, ${stride[i]}, or the dilation, ` +
        `${dilation[i]}.`,
    );
  });
  return { stride, dilation, added, groups, padding };
}

/** Adds the transposed convolution to a graph. */
export function convolveTransposed(
  graph: GraphWriter,
  what: string,
  x: Value,
  w: Value,
  b: Value | null,
  { stride, dilation, added, groups, padding }: Settled,
): Value {
  const kernel: [number, number] = [w.shape.length === 4 ? w.shape[2]! : 1, w.shape.at(-1)!];
  const [[sh, sw], [dh, dw], [addH, addW]] = [stride, dilation, added];
  const sides = sidesOf(what, padding, x, { kernel, stride, dilation });
  return convTransposeOp(graph, x, w, b, { sh, sw, dh, dw, groups, ...sides, addH, addW });
}

/** Options of a layer of transposed convolution. */
export interface ConvTransposeLayerOptions extends ConvTransposeOptions {
  /** Learn a number to add to each output channel. Default true. */
  bias?: boolean;
  /** Initial values of weight and bias. Default: torch's. */
  init?: Inits;
}

function transposed(
  type: string,
  what: string,
  dimensions: 1 | 2,
  outs: number,
  kernel: Size2,
  options: ConvTransposeLayerOptions,
): Layer {
  const settled = settleTransposed(what, options, ["bias", "init"], dimensions);
  const { bias = true, init = {} } = options;
  checkFlags(what, { bias });
  checkInits(what, init);
  checkCount(`${what}: the number of output channels`, outs);
  const [kh, kw] = windowPair(`${what}: the kernel`, kernel, dimensions);
  return {
    type,
    apply(scope, x) {
      check(
        x.shape.length === dimensions + 2,
        () =>
          `${what}: the input has shape ${formatShape(x.shape)}, but it must be ${dimensions === 2 ? "[n, c, h, w]" : "[n, c, l]"}.`,
      );
      const { groups } = settled;
      const ins = x.shape[1]!;
      check(
        ins % groups === 0 && outs % groups === 0,
        () =>
          `${what}: groups is ${groups}, which must divide the ${ins} input and the ${outs} output channels.`,
      );
      const shape = [ins, outs / groups, ...(dimensions === 2 ? [kh, kw] : [kw])];
      // torch counts the second dimension as what goes in, also of these weights.
      const fan = (outs / groups) * kh * kw;
      const w = scope.parameter("weight", shape, init.weight?.(shape) ?? fanIn(fan));
      const b = bias ? scope.parameter("bias", [outs], init.bias?.([outs]) ?? fanIn(fan)) : null;
      return convolveTransposed(scope.graph, what, x, w, b, settled);
    },
  };
}

/**
 * A transposed convolution (torch.nn.ConvTranspose2d): [n, c, h, w] to [n, channels, oh, ow] with
 * oh = (h - 1) stride - 2 padding + dilation (kh - 1) + outputPadding + 1. Its weight is [c, channels / groups, kh, kw].
 */
export function convTranspose2d(
  channels: number,
  kernel: Size2,
  options: ConvTransposeLayerOptions = {},
): Layer {
  return transposed("ConvTranspose2d", "convTranspose2d", 2, channels, kernel, options);
}

/** The same along one dimension (torch.nn.ConvTranspose1d): [n, c, l] to [n, channels, ol]. */
export function convTranspose1d(
  channels: number,
  kernel: number,
  options: ConvTransposeLayerOptions = {},
): Layer {
  return transposed("ConvTranspose1d", "convTranspose1d", 1, channels, kernel, options);
}
