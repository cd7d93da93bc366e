// Convolutions, poolings and padding: ops whose window slides over pixels.

import { producer } from "../../graph/graph.js";
import type { AdaptiveAvgPoolAttrs } from "../../ops/adaptive-avg-pool2d.js";
import type { AvgPoolAttrs } from "../../ops/avg-pool2d.js";
import type { ConvTransposeAttrs } from "../../ops/conv-transpose2d.js";
import type { ConvAttrs } from "../../ops/conv2d.js";
import type { MaxPoolAttrs } from "../../ops/max-pool2d.js";
import { type Node, sizes4, type Value } from "../../ops/op.js";
import { type PadAttrs, pad } from "../../ops/pad.js";
import type { PoolAttrs } from "../../ops/pooling.js";
import { windowCount } from "../../ops/shape.js";
import { DataType } from "../proto/types.js";
import type { Attribute, Writer } from "./writer.js";

type Attributes = Record<string, Attribute>;

/** Numbers for [n, c, h, w], or for [n, c, l] without those along h. */
export function alongPixels(x: Value, ...pairs: readonly (readonly [h: number, w: number])[]): number[] {
  return pairs.flatMap(([h, w]) => (x.shape.length === 3 ? [w] : [h, w]));
}

/** A value without the zeros around it, and how many there are on each side: a convolution can pad by itself. */
function unpadded(x: Value): { source: Value; sides: Omit<PadAttrs, "mode"> } {
  const node = producer(x);
  if (node?.op !== pad || node.attrs.mode !== "zeros") {
    return { source: x, sides: { top: 0, left: 0, bottom: 0, right: 0 } };
  }
  return { source: node.inputs[0]!, sides: node.attrs };
}

/** Each kernel turned by 180 degrees: its numbers in reverse. */
function turned(weights: Float32Array, size: number): Float32Array {
  const result = new Float32Array(weights.length);
  for (let at = 0; at < weights.length; at += size) {
    result.set(weights.slice(at, at + size).reverse(), at);
  }
  return result;
}

export function conv(out: Writer, node: Node<ConvAttrs>): string {
  const [x, w, b] = node.inputs as [Value, Value, Value | null];
  const { sh, sw, dh, dw, groups, flip } = node.attrs;
  if (x.shape.length === 2 && groups === 1) return gemm(out, node);
  const { source, sides } = unpadded(x);
  const kernel = w.shape.slice(2);
  const size = kernel.reduce((product, side) => product * side, 1);
  const weights = flip && size > 1 ? out.rearranged(w, "turned", (data) => turned(data, size)) : out.value(w);
  return out.node("Conv", [out.value(source), weights, b && out.value(b)], {
    kernel_shape: kernel,
    strides: alongPixels(x, [sh, sw]),
    dilations: alongPixels(x, [dh, dw]),
    pads: alongPixels(x, [sides.top, sides.left], [sides.bottom, sides.right]),
    group: groups,
  });
}

export function convTranspose(out: Writer, node: Node<ConvTransposeAttrs>): string {
  const [x, w] = node.inputs as [Value, Value, Value | null];
  const { sh, sw, dh, dw, groups, top, left, bottom, right, addH = 0, addW = 0 } = node.attrs;
  return out.node("ConvTranspose", out.inputs(node), {
    kernel_shape: w.shape.slice(2),
    strides: alongPixels(x, [sh, sw]),
    dilations: alongPixels(x, [dh, dw]),
    pads: alongPixels(x, [top, left], [bottom, right]),
    output_padding: alongPixels(x, [addH, addW]),
    group: groups,
  });
}

/** A linear layer, x w^T + b. */
export function gemm(out: Writer, node: Node): string {
  return out.node("Gemm", out.inputs(node), { transB: 1 });
}

/** What the poolings have in common. */
function windowOf(x: Value, attrs: PoolAttrs): Attributes {
  const { kh, kw, sh, sw, top, left, bottom, right } = attrs;
  return {
    kernel_shape: alongPixels(x, [kh, kw]),
    strides: alongPixels(x, [sh, sw]),
    pads: alongPixels(x, [top, left], [bottom, right]),
  };
}

/**
 * Whether a last window reaches over the padding's edge. Only then the file says ceil_mode: torch leaves a window out
 * that would begin beyond the input, and ONNX, before opset 22, does not say so.
 */
function reachesOver(node: Node<PoolAttrs>, { dh, dw } = { dh: 1, dw: 1 }): boolean {
  const [, , h, w] = sizes4(node.inputs[0]!.shape);
  const [, , oh, ow] = sizes4(node.outputs[0]!.shape);
  const { kh, kw, sh, sw, top, left, bottom, right } = node.attrs;
  return oh > windowCount(h, kh, sh, dh, top, bottom) || ow > windowCount(w, kw, sw, dw, left, right);
}

export function maxPool(out: Writer, node: Node<MaxPoolAttrs>): string {
  const x = node.inputs[0]!;
  const { dh, dw } = node.attrs;
  return out.node("MaxPool", [out.value(x)], {
    ...windowOf(x, node.attrs),
    dilations: alongPixels(x, [dh, dw]),
    ceil_mode: reachesOver(node, node.attrs) ? 1 : 0,
  });
}

/** Where the largest pixels lie, as whole numbers, of which this library makes floats. */
export function maxPoolIndices(out: Writer, node: Node<MaxPoolAttrs & { columnMajor: boolean }>): string {
  const x = node.inputs[0]!;
  const { dh, dw, columnMajor } = node.attrs;
  const [, places] = out.nodes(
    "MaxPool",
    [out.value(x)],
    {
      ...windowOf(x, node.attrs),
      dilations: alongPixels(x, [dh, dw]),
      ceil_mode: reachesOver(node, node.attrs) ? 1 : 0,
      storage_order: columnMajor ? 1 : 0,
    },
    2,
  );
  return out.node("Cast", [places!], { to: DataType.FLOAT });
}

/** The sum of each window, gaps and all: a depthwise convolution with ones. */
function windowSums(out: Writer, source: string, x: Value, node: Node<PoolAttrs & Dilation>): string {
  const [, c, h, w] = sizes4(x.shape);
  const [, , oh, ow] = sizes4(node.outputs[0]!.shape);
  const { kh, kw, sh, sw, dh = 1, dw = 1, top, left } = node.attrs;
  // What the last windows see beyond the input is as good as padding.
  const below = Math.max(0, (oh - 1) * sh + (kh - 1) * dh + 1 - h - top);
  const beside = Math.max(0, (ow - 1) * sw + (kw - 1) * dw + 1 - w - left);
  const kernel = alongPixels(x, [kh, kw]);
  return out.node("Conv", [source, out.floats(new Float32Array(c * kh * kw).fill(1), [c, 1, ...kernel])], {
    kernel_shape: kernel,
    strides: alongPixels(x, [sh, sw]),
    dilations: alongPixels(x, [dh, dw]),
    pads: alongPixels(x, [top, left], [below, beside]),
    group: c,
  });
}

interface Dilation {
  readonly dh?: number;
  readonly dw?: number;
}

/** How many pixels each window along a line counts. */
function counted(
  count: number,
  [kernel, stride, gap]: readonly [number, number, number],
  [first, end]: readonly [number, number],
  before: number,
): number[] {
  return Array.from({ length: count }, (_, i) => {
    const taps = Array.from({ length: kernel }, (_, k) => i * stride - before + k * gap);
    return taps.filter((at) => at >= first && at < end).length;
  });
}

/** The mean of windows with gaps, which ONNX has from opset 19 on only: sums, over how many each counts. */
function gappedMeans(out: Writer, node: Node<AvgPoolAttrs>): string {
  const x = node.inputs[0]!;
  const [, , h, w] = sizes4(x.shape);
  const [, , oh, ow] = sizes4(node.outputs[0]!.shape);
  const { kh, kw, sh, sw, dh = 1, dw = 1, top, left, bottom, right, countIncludePad } = node.attrs;
  const within = (size: number, before: number, after: number): [number, number] =>
    countIncludePad ? [-before, size + after] : [0, size];
  const rows = counted(oh, [kh, sh, dh], within(h, top, bottom), top);
  const columns = counted(ow, [kw, sw, dw], within(w, left, right), left);
  const shares = rows.flatMap((row) => columns.map((column) => 1 / (row * column)));
  const sums = windowSums(out, out.value(x), x, node);
  return out.node("Mul", [sums, out.floats(shares, [1, 1, ...alongPixels(x, [oh, ow])])]);
}

export function avgPool(out: Writer, node: Node<AvgPoolAttrs>): string {
  const x = node.inputs[0]!;
  const { countIncludePad, top, left, bottom, right, dh = 1, dw = 1 } = node.attrs;
  if (dh > 1 || dw > 1) return gappedMeans(out, node);
  const ceil = reachesOver(node);
  const padded = top + left + bottom + right > 0;
  const attributes = { ...windowOf(x, node.attrs), ceil_mode: ceil ? 1 : 0 };
  if (!(ceil && padded && countIncludePad)) {
    // Without padding nothing is counted beside the input; runtimes differ on what lies beyond it.
    return out.node("AveragePool", [out.value(x)], {
      ...attributes,
      count_include_pad: padded && countIncludePad ? 1 : 0,
    });
  }
  // Padding counts, what lies beyond it does not, which ONNX cannot say: the padding becomes part of the input.
  const source = padNode(out, x, { top, left, bottom, right, mode: "zeros" });
  const pads = alongPixels(x, [0, 0], [0, 0]);
  return out.node("AveragePool", [source], { ...attributes, pads, count_include_pad: 0 });
}

/** Means of windows that share a line of `size` pixels: [count, size], each row one window. */
function sharedMeans(count: number, size: number): Float32Array {
  const matrix = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const begin = Math.floor((i * size) / count);
    const end = Math.ceil(((i + 1) * size) / count);
    matrix.fill(1 / (end - begin), i * size + begin, i * size + end);
  }
  return matrix;
}

export function adaptiveAvgPool(out: Writer, node: Node<AdaptiveAvgPoolAttrs>): string {
  const x = node.inputs[0]!;
  const { oh, ow } = node.attrs;
  const [, , h, w] = sizes4(x.shape);
  const source = out.value(x);
  if (oh === h && ow === w) return source;
  if (oh === 1 && ow === 1) return out.node("GlobalAveragePool", [source]);
  if (h % oh === 0 && w % ow === 0) {
    const window = alongPixels(x, [h / oh, w / ow]);
    return out.node("AveragePool", [source], { kernel_shape: window, strides: window });
  }
  // Windows of several sizes: one matrix for the rows, one for the columns.
  let result = source;
  if (ow !== w) {
    const columns = sharedMeans(ow, w);
    const transposed = Float32Array.from(columns, (_, i) => columns[(i % ow) * w + Math.floor(i / ow)]!);
    result = out.node("MatMul", [result, out.floats(transposed, [w, ow])]);
  }
  if (oh !== h) result = out.node("MatMul", [out.floats(sharedMeans(oh, h), [oh, h]), result]);
  return result;
}

/** ONNX's names of the modes; symmetric has none, and circular only from opset 19 on. */
const MODES = { zeros: "constant", reflect: "reflect", replicate: "edge", circular: "wrap", symmetric: null };

export function padding(out: Writer, node: Node<PadAttrs>): string {
  return padNode(out, node.inputs[0]!, node.attrs);
}

function padNode(out: Writer, x: Value, attrs: PadAttrs): string {
  const { top, left, bottom, right } = attrs;
  const mode = attrs.mode === "circular" && out.opset < 19 ? null : MODES[attrs.mode];
  if (mode) {
    const pads = [0, 0, ...alongPixels(x, [top, left]), 0, 0, ...alongPixels(x, [bottom, right])];
    return out.node("Pad", [out.value(x), out.integers(pads)], { mode });
  }
  const axes = [
    { axis: x.shape.length - 2, before: top, after: bottom },
    { axis: x.shape.length - 1, before: left, after: right },
  ];
  return axes
    .filter(({ before, after }) => before + after > 0)
    .reduce((result, { axis, before, after }) => {
      const size = x.shape[axis]!;
      const shown = Array.from({ length: before + size + after }, (_, i) => {
        const at = i - before;
        if (at >= 0 && at < size) return at;
        if (attrs.mode === "circular") return at < 0 ? at + size : at - size;
        return at < 0 ? -at - 1 : 2 * size - at - 1;
      });
      return out.node("Gather", [result, out.integers(shown)], { axis });
    }, out.value(x));
}
