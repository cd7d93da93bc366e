import type { AdaptiveAvgPoolAttrs } from "../../ops/adaptive-avg-pool2d.js";
import type { AvgPoolAttrs } from "../../ops/avg-pool2d.js";
import type { MaxPoolAttrs } from "../../ops/max-pool2d.js";
import { type Node, sizes4, type Value } from "../../ops/op.js";
import type { PoolAttrs } from "../../ops/pooling.js";
import { windowCount } from "../../ops/shape.js";
import { DataType } from "../proto/types.js";
import { alongPixels, NO_SIDES, padWith } from "./padding.js";
import type { Attribute, Writer } from "./writer.js";

type Attributes = Record<string, Attribute>;

const NO_GAPS = { dh: 1, dw: 1 };

/**
 * The input of a pooling. ONNX Runtime (1.30) takes zeros around it for padding of the pooling's own, which is smaller
 * than any number and refused where it is as wide as the window. It does not where a column too many is cut off again.
 */
function pooled(out: Writer, source: string): string {
  const made = out.made(source);
  if (made?.type !== "Pad" || (made.attributes.mode ?? "constant") !== "constant") return source;
  const [unpadded = "", pads = "", ...value] = made.inputs;
  const wider = out.integersOf(pads).map((size, i, { length }) => (i === length - 1 ? size + 1 : size));
  const range = [[0], [-1], [wider.length / 2 - 1]].map((values) => out.integers(values));
  return out.node("Slice", [out.node("Pad", [unpadded, out.integers(wider), ...value]), ...range]);
}

/**
 * Window, padding and rounding of a pooling of x, around which `within` has been put before. Where windows reach over the
 * padding's edge, as torch's ceil_mode has it, the file says so if ONNX then counts as torch does: torch leaves out
 * windows that would begin beyond the input, ONNX before opset 22 does not say. Otherwise the padding is what the windows
 * need, which is as good for maxima, and for means that do not count it.
 */
function windowOf(node: Node<PoolAttrs>, { dh, dw } = NO_GAPS, within = NO_SIDES): Attributes {
  const x = node.inputs[0]!;
  const { kh, kw, sh, sw } = node.attrs;
  const [, , h, w] = sizes4(x.shape);
  const [, , oh, ow] = sizes4(node.outputs[0]!.shape);
  const own = within === NO_SIDES ? node.attrs : NO_SIDES;
  const axes = [
    [oh, h + within.top + within.bottom, kh, sh, dh, own.top, own.bottom],
    [ow, w + within.left + within.right, kw, sw, dw, own.left, own.right],
  ] as const;
  const down = axes.every(([count, ...sizes]) => count === windowCount(...sizes));
  const up = axes.every(
    ([count, size, kernel, stride, gap, before, after]) =>
      count === Math.ceil((size + before + after - (kernel - 1) * gap - 1) / stride) + 1,
  );
  const ends = axes.map(([count, size, kernel, stride, gap, before, after]) =>
    down || up ? after : Math.max(0, (count - 1) * stride + (kernel - 1) * gap + 1 - size - before),
  );
  return {
    kernel_shape: alongPixels(x, [kh, kw]),
    strides: alongPixels(x, [sh, sw]),
    pads: alongPixels(x, [own.top, own.left], [ends[0]!, ends[1]!]),
    ceil_mode: up && !down ? 1 : 0,
  };
}

export function maxPool(out: Writer, node: Node<MaxPoolAttrs>): string {
  const x = node.inputs[0]!;
  const { dh, dw, kh, kw, top, left, bottom, right } = node.attrs;
  const dilations = alongPixels(x, [dh, dw]);
  // ONNX Runtime wants padding narrower than the window without its gaps; more of it becomes part of the input.
  if (Math.max(top, bottom) >= kh || Math.max(left, right) >= kw) {
    const source = padWith(out, x, node.attrs, Number.NEGATIVE_INFINITY);
    return out.node("MaxPool", [source], { ...windowOf(node, node.attrs, node.attrs), dilations });
  }
  const source = pooled(out, out.value(x));
  return out.node("MaxPool", [source], { ...windowOf(node, node.attrs), dilations });
}

/** Where the largest pixels lie, as whole numbers, of which this library makes floats. */
export function maxPoolIndices(out: Writer, node: Node<MaxPoolAttrs & { columnMajor: boolean }>): string {
  const x = node.inputs[0]!;
  const { dh, dw, columnMajor } = node.attrs;
  const [, places] = out.nodes(
    "MaxPool",
    [pooled(out, out.value(x))],
    {
      ...windowOf(node, node.attrs),
      dilations: alongPixels(x, [dh, dw]),
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
  const padded = top + left + bottom + right > 0;
  const attributes = windowOf(node);
  const isWhole =
    attributes.ceil_mode === 0 && `${attributes.pads}` === `${alongPixels(x, [top, left], [bottom, right])}`;
  if (!padded || !countIncludePad || isWhole) {
    // Without padding nothing is counted beside the input; runtimes differ on what lies beyond it.
    return out.node("AveragePool", [pooled(out, out.value(x))], {
      ...attributes,
      count_include_pad: padded && countIncludePad ? 1 : 0,
    });
  }
  // Padding counts, what lies beyond it does not, which ONNX cannot say: the padding becomes part of the input.
  const source = pooled(out, padWith(out, x, node.attrs, 0));
  return out.node("AveragePool", [source], {
    ...windowOf(node, undefined, node.attrs),
    count_include_pad: 0,
  });
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
    return out.node("AveragePool", [pooled(out, source)], { kernel_shape: window, strides: window });
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
