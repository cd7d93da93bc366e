// Ops on dense numbers: axes rearranged, reduced, resampled.

import { check } from "../../errors.js";
import type { AxisMap, RearrangeAttrs } from "../../ops/along-axes.js";
import type { Node, Value } from "../../ops/op.js";
import type { ReduceAttrs } from "../../ops/reduce.js";
import type { Matrix } from "../../ops/taps.js";
import type { Shape } from "../../tensor.js";
import { DataType } from "../proto/types.js";
import { FIX_BATCH, type Writer } from "./writer.js";

/** The same elements under the shape of the node's output, in which at most one size may follow the batch. */
export function reshape(out: Writer, node: Node<{ readonly shape: Shape }>): string {
  const x = node.inputs[0]!;
  const y = node.outputs[0]!;
  if (y.shape.includes(0)) {
    // A size of 0 would otherwise mean the input's.
    check(
      out.opset >= 14,
      () => `exportOnnx: ${out.where} has values of size 0, which need opset 14 or later.`,
    );
    return out.node("Reshape", [out.value(x), out.integers(y.shape)], { allowzero: 1 });
  }
  const from = x.shape.map((_, i) => out.size(x, i));
  // A size that follows the batch is copied where it stays in its place, otherwise it is what is left over.
  const to = y.shape.map((size, i) => {
    const follows = out.size(y, i);
    return follows < 0 && from[i] === follows && size === x.shape[i] ? 0 : follows;
  });
  if (from.length === to.length && to.every((size, i) => size === 0 || size === from[i])) return out.value(x);
  if (to.length === 2 && to[0] === 0 && from.length > 2) return out.node("Flatten", [out.value(x)]);
  checkOneFollows(out, y, to);
  return out.node("Reshape", [out.value(x), out.integers(to)]);
}

function checkOneFollows(out: Writer, y: Value, sizes: readonly number[]): void {
  check(
    sizes.filter((size) => size < 0).length <= 1,
    () =>
      `exportOnnx: ${out.where} gives ${y.shape.length} dimensions of which several follow the batch. ${FIX_BATCH}`,
  );
}

/** Axes that are cut, reversed, permuted, repeated, filled up: by a node for each of these that there is. */
export function rearrange(out: Writer, node: Node<RearrangeAttrs>): string {
  const x = node.inputs[0]!;
  const y = node.outputs[0]!;
  const { axes, fill } = node.attrs;
  let result = out.value(x);
  const used = axes.flatMap(({ from }) => (from === null ? [] : [from]));
  for (const map of axes) if (map.from !== null) result = places(out, result, x, map, fill);

  const unused = x.shape.map((_, axis) => axis).filter((axis) => !used.includes(axis));
  const order = [...used, ...unused];
  if (order.some((axis, i) => axis !== i)) result = out.node("Transpose", [result], { perm: order });
  const isNew = axes.flatMap(({ from }, axis) => (from === null ? [axis] : []));
  // Axes that are left out have size 1, and so have new ones until they are repeated.
  if (unused.length > 0) {
    result = out.node("Squeeze", [result, out.integers(unused.map((_, i) => used.length + i))]);
  }
  if (isNew.length > 0) result = out.node("Unsqueeze", [result, out.integers(isNew)]);
  const repeats = axes.map(({ from }, axis) => (from === null ? out.size(y, axis) : 1));
  if (repeats.every((size) => size === 1)) return result;
  if (repeats.every((size) => size > 0)) return out.node("Expand", [result, out.integers(repeats)]);
  checkOneFollows(out, y, repeats);
  const sizes = repeats.map((size, axis) => (size > 0 ? out.integers([size]) : out.batch(y.shape[axis]!)));
  return out.node("Expand", [result, out.node("Concat", sizes, { axis: 0 })]);
}

/** One axis with the places that are wanted of it, -1 for the number to fill with. */
function places(
  out: Writer,
  source: string,
  x: Value,
  { from, places: wanted }: AxisMap,
  fill: number,
): string {
  const axis = from!;
  const size = x.shape[axis]!;
  if (!wanted || (wanted.length === size && wanted.every((place, i) => place === i))) return source;
  check(
    out.size(x, axis) > 0,
    () => `exportOnnx: ${out.where} takes inputs out of the batch by their numbers. ${FIX_BATCH}`,
  );
  const before = wanted.findIndex((place) => place >= 0);
  const shown = wanted.filter((place) => place >= 0);
  const [first = 0] = shown;
  const step = shown.length > 1 ? shown[1]! - first : 1;
  const even = shown.length > 0 && step !== 0 && shown.every((place, i) => place === first + i * step);
  const after = wanted.length - before - shown.length;
  const together = even && wanted.slice(before, before + shown.length).every((place) => place >= 0);
  if (together) {
    const last = first + (shown.length - 1) * step;
    // Backwards, an end of -1 would be the last place: anything far below the first is none.
    const end = step > 0 ? last + 1 : last > 0 ? last - 1 : -size - 1;
    const range = [[first], [end], [axis], [step]].map((values) => out.integers(values));
    const whole = shown.length === size && step > 0;
    const cut = whole ? source : out.node("Slice", [source, ...range]);
    return before + after === 0 ? cut : padAxis(out, cut, x.shape.length, axis, before, after, fill);
  }
  // The place behind the last holds what to fill with.
  const filled =
    shown.length === wanted.length ? source : padAxis(out, source, x.shape.length, axis, 0, 1, fill);
  const indices = out.integers(wanted.map((place) => (place < 0 ? size : place)));
  return out.node("Gather", [filled, indices], { axis });
}

function padAxis(
  out: Writer,
  source: string,
  rank: number,
  axis: number,
  before: number,
  after: number,
  fill: number,
): string {
  const pads = Array<number>(2 * rank).fill(0);
  pads[axis] = before;
  pads[rank + axis] = after;
  return out.node("Pad", [source, out.integers(pads), out.floats([fill])]);
}

/** ONNX's names of what becomes of the numbers along an axis. */
const REDUCTIONS: Readonly<Record<ReduceAttrs["base"], string>> = {
  sum: "ReduceSum",
  squares: "ReduceSumSquare",
  sizes: "ReduceL1",
  max: "ReduceMax",
  min: "ReduceMin",
  product: "ReduceProd",
};

/** [outer, n, inner] to [outer, inner]. */
export function reduce(out: Writer, node: Node<ReduceAttrs>): string {
  const x = node.inputs[0]!;
  const { base, root, factor } = node.attrs;
  const isMean = base === "sum" && !root && Math.fround(factor) === Math.fround(1 / x.shape[1]!);
  let result = reduceNode(out, isMean ? "ReduceMean" : REDUCTIONS[base], out.value(x), 1);
  if (root) result = out.node("Sqrt", [result]);
  return factor === 1 || isMean ? result : out.node("Mul", [result, out.floats([factor])]);
}

/** Places as whole numbers, of which this library makes floats. */
export function argMax(out: Writer, node: Node<{ readonly least: boolean; readonly last: boolean }>): string {
  const { least, last } = node.attrs;
  const places = out.node(least ? "ArgMin" : "ArgMax", out.inputs(node), {
    ...{ axis: 1, keepdims: 0, select_last_index: last ? 1 : 0 },
  });
  return out.node("Cast", [places], { to: DataType.FLOAT });
}

/** A reduction without the axis afterwards. Its axes became an input in opset 18, those of ReduceSum in 13. */
function reduceNode(out: Writer, type: string, source: string, axis: number): string {
  return type === "ReduceSum" || out.opset >= 18
    ? out.node(type, [source, out.integers([axis])], { keepdims: 0 })
    : out.node(type, [source], { axes: [axis], keepdims: 0 });
}

/** Maps with more numbers than this for one of the output are products with a whole matrix. */
const MOST_TAPS = 4;

/** A linear map along an axis of a value of this rank: for each place, the numbers that it is the weighted sum of. */
function linearMap(out: Writer, source: string, rank: number, axis: number, matrix: Matrix): string {
  const { n, m, starts, places: columns, weights } = matrix;
  const counts = Array.from({ length: m }, (_, i) => starts[i + 1]! - starts[i]!);
  const most = Math.max(1, ...counts);
  if (most > MOST_TAPS) {
    const whole = new Float32Array(m * n);
    counts.forEach((count, i) => {
      for (let k = starts[i]!; k < starts[i]! + count; k++) whole[i * n + columns[k]!]! += weights[k]!;
    });
    return axis === rank - 1
      ? out.node("MatMul", [source, out.floats(transposed(whole, m, n), [n, m])])
      : out.node("MatMul", [out.floats(whole, [m, n]), source]);
  }
  const dims = [m, ...Array<number>(rank - 1 - axis).fill(1)];
  const terms = Array.from({ length: most }, (_, t) => {
    const tap = counts.map((count, i) => (t < count ? starts[i]! + t : -1));
    const indices = out.integers(tap.map((k) => (k < 0 ? 0 : columns[k]!)));
    const shares = tap.map((k) => (k < 0 ? 0 : weights[k]!));
    const taken = out.node("Gather", [source, indices], { axis });
    return shares.every((share) => share === 1) ? taken : out.node("Mul", [taken, out.floats(shares, dims)]);
  });
  return terms.reduce((sum, term) => out.node("Add", [sum, term]));
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);
}

/** [outer, n, inner] to [outer, m, inner]. */
export function resample(out: Writer, node: Node<Matrix>): string {
  return linearMap(out, out.value(node.inputs[0]!), 3, 1, node.attrs);
}

/** Along h and w of [n, c, h, w], along w of [n, c, l]. */
export function resamplePixels(
  out: Writer,
  node: Node<{ readonly rows: Matrix | null; readonly columns: Matrix | null }>,
): string {
  const x = node.inputs[0]!;
  const { rows, columns } = node.attrs;
  const { length: rank } = x.shape;
  const mapped = rows ? linearMap(out, out.value(x), rank, rank - 2, rows) : out.value(x);
  return columns ? linearMap(out, mapped, rank, rank - 1, columns) : mapped;
}
