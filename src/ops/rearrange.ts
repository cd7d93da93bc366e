import { check } from "../errors.js";
import { formatShape, type Shape } from "../tensor.js";
import { type AxisMap, rearrange } from "./along-axes.js";
import { axisOf, broadcastShape, range } from "./axes.js";
import { toDense } from "./dense.js";
import type { GraphWriter, Value } from "./op.js";
import { reshaped } from "./reshape.js";
import { sameShape } from "./shape.js";

/** Adds the op, unless nothing would move. */
function moved(graph: GraphWriter, value: Value, axes: readonly AxisMap[], fill = 0): Value {
  const x = toDense(graph, value);
  const stays = axes.every(
    ({ size, from, places }, axis) =>
      size === x.shape[axis] && from === axis && (!places || places.every((place, i) => place === i)),
  );
  return stays && axes.length === x.shape.length ? x : graph.add(rearrange, [x], { axes, fill });
}

/** Its axes in another order: axis i of the result is axis perm[i] of the value. Gives a dense value. */
export function transposed(graph: GraphWriter, value: Value, perm: readonly number[]): Value {
  const { shape } = value;
  const axes = perm.map((axis) => axisOf("transposed", axis, shape));
  check(
    axes.length === shape.length && new Set(axes).size === axes.length,
    () =>
      `transposed: [${perm.join(", ")}] is no order of the axes of ${formatShape(shape)}; name each of the ` +
      `${shape.length} once.`,
  );
  return moved(
    graph,
    value,
    axes.map((from) => ({ size: shape[from]!, from, places: null })),
  );
}

/**
 * Parts along several axes at once: lists[i] has the places of axis i that the result shows, -1 for a number that is
 * `fill`; null leaves an axis as it is. Gives a dense value.
 */
export function gathered(
  graph: GraphWriter,
  value: Value,
  lists: readonly (readonly number[] | null)[],
  fill = 0,
): Value {
  const { shape } = value;
  check(
    lists.length === shape.length,
    () =>
      `gathered: there are ${lists.length} lists of places for the ${shape.length} axes of ${formatShape(shape)}; give ` +
      "one for each, or null.",
  );
  const axes = shape.map((size, from): AxisMap => {
    const places = lists[from] ?? null;
    const wrong = places?.find((place) => !Number.isInteger(place) || place < -1 || place >= size);
    check(
      wrong === undefined,
      () =>
        `gathered: there is no place ${wrong} along axis ${from} of ${formatShape(shape)}; it must be from 0 to ` +
        `${size - 1}, or -1 for none.`,
    );
    return { size: places?.length ?? size, from, places };
  });
  return moved(graph, value, axes, fill);
}

/** A list for one axis, null for the others. */
function along(shape: Shape, axis: number, places: readonly number[]): (readonly number[] | null)[] {
  return shape.map((_, i) => (i === axis ? places : null));
}

/** The places along an axis that the list names; negative ones count from the end. Gives a dense value. */
export function taken(graph: GraphWriter, value: Value, indices: readonly number[], axis: number): Value {
  const { shape } = value;
  const at = axisOf("taken", axis, shape);
  const size = shape[at]!;
  const places = indices.map((index) => {
    check(
      Number.isInteger(index) && index >= -size && index < size,
      () =>
        `taken: there is no index ${index} along axis ${axis} of ${formatShape(shape)}; it must be from ${-size} to ` +
        `${size - 1}.`,
    );
    return index < 0 ? index + size : index;
  });
  return gathered(graph, value, along(shape, at, places));
}

/** The first place, and how many, of start, start + step, ... before end, of `size`: by the rules of numpy and ONNX. */
export function slicePlaces(
  size: number,
  start: number,
  end: number,
  step: number,
): { first: number; count: number } {
  const within = (place: number, low: number, high: number): number =>
    Math.min(Math.max(place < 0 ? place + size : place, low), high);
  // Backwards, the end before the first place is -1, which counted from the end would be the last place.
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const first = within(start, low, high);
  return { first, count: Math.max(0, Math.ceil((within(end, low, high) - first) / step)) };
}

/**
 * Every step-th place from a start to before an end along some axes (numpy's x[start:end:step], ONNX's Slice): what is
 * negative counts from the end, what lies outside is brought inside. Gives a dense value.
 */
export function sliced(
  graph: GraphWriter,
  value: Value,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[] = range(starts.length),
  steps: readonly number[] = starts.map(() => 1),
): Value {
  const { shape } = value;
  check(
    [ends, axes, steps].every(({ length }) => length === starts.length),
    () =>
      `sliced: there are ${starts.length} starts, ${ends.length} ends, ${axes.length} axes and ${steps.length} steps; ` +
      "give as many of each.",
  );
  const lists: (number[] | null)[] = shape.map(() => null);
  axes.forEach((axis, i) => {
    const step = steps[i]!;
    check(step !== 0, () => `sliced: the step along axis ${axis} is 0; it must be positive or negative.`);
    const at = axisOf("sliced", axis, shape);
    const { first, count } = slicePlaces(shape[at]!, starts[i]!, ends[i]!, step);
    check(
      count > 0,
      () =>
        `sliced: ${starts[i]} to ${ends[i]} in steps of ${step} leaves nothing of the ${shape[at]} along axis ${axis} of ` +
        `${formatShape(shape)}.`,
    );
    lists[at] = range(count).map((j) => first + j * step);
  });
  return gathered(graph, value, lists);
}

/** Repeated to a shape by numpy's rules, or to what both shapes have in common (ONNX's Expand). Gives a dense value. */
export function expanded(graph: GraphWriter, value: Value, shape: Shape): Value {
  const full = broadcastShape("expanded", value.shape, shape);
  if (sameShape(full, value.shape)) return toDense(graph, value);
  const front = full.length - value.shape.length;
  const axes = full.map((size, axis): AxisMap => {
    const repeated = axis < front || value.shape[axis - front] !== size;
    return { size, from: repeated ? null : axis - front, places: null };
  });
  return moved(graph, value, axes);
}

/** One after the other, so many times along each axis (numpy.tile for lists as long as the rank). Gives a dense value. */
export function tiled(graph: GraphWriter, value: Value, repeats: readonly number[]): Value {
  const { shape } = value;
  check(
    repeats.length === shape.length && repeats.every((times) => Number.isInteger(times) && times > 0),
    () =>
      `tiled: [${repeats.join(", ")}] does not say how often each axis of ${formatShape(shape)} is repeated; give ` +
      `${shape.length} whole numbers of at least 1.`,
  );
  // As axes of their own, along which nothing changes.
  const axes = shape.flatMap((size, from): AxisMap[] => [
    { size: repeats[from]!, from: null, places: null },
    { size, from, places: null },
  ]);
  const result = shape.map((size, axis) => size * repeats[axis]!);
  return sameShape(result, shape)
    ? toDense(graph, value)
    : reshaped(graph, moved(graph, value, axes), result);
}

/** What a border shows: a constant, or the numbers mirrored (without or with the last one), the last one, or the other end. */
export const PADDINGS = ["constant", "reflect", "symmetric", "edge", "wrap"] as const;
export type PaddingKind = (typeof PADDINGS)[number];

/** The place that a padded place shows; the pattern goes on beyond the first mirror image. */
function source(place: number, size: number, mode: PaddingKind): number {
  if (place >= 0 && place < size) return place;
  const modulo = (period: number): number => ((place % period) + period) % period;
  if (mode === "constant") return -1;
  if (mode === "edge") return place < 0 ? 0 : size - 1;
  if (mode === "wrap") return modulo(size);
  if (mode === "symmetric") return Math.min(modulo(2 * size), 2 * size - 1 - modulo(2 * size));
  if (size === 1) return 0;
  return Math.min(modulo(2 * size - 2), 2 * size - 2 - modulo(2 * size - 2));
}

/**
 * The places that an axis shows once it is padded, -1 for the constant. What negative pads cut off is gone before the
 * rest is padded.
 */
export function paddedPlaces(size: number, before: number, after: number, mode: PaddingKind): number[] {
  const first = Math.max(0, -before);
  const left = size - first - Math.max(0, -after);
  return range(Math.max(0, size + before + after)).map((i) => {
    const place = left > 0 ? source(i - Math.max(0, before), left, mode) : -1;
    return place < 0 ? -1 : first + place;
  });
}

/**
 * Padding along any axes. pads: what is added before each axis, then what is added after each; negative numbers cut off.
 * Gives a dense value.
 */
export function paddedDense(
  graph: GraphWriter,
  value: Value,
  pads: readonly number[],
  mode: PaddingKind = "constant",
  fill = 0,
): Value {
  const { shape } = value;
  check(
    pads.length === 2 * shape.length && pads.every(Number.isInteger),
    () =>
      `padded: the pads [${pads.join(", ")}] do not fit ${formatShape(shape)}; give ${shape.length} whole numbers for the ` +
      "beginnings of its axes, then as many for their ends.",
  );
  check(PADDINGS.includes(mode), () => `padded: the mode "${mode}" is unknown; use ${PADDINGS.join(", ")}.`);
  const lists = shape.map((size, axis) => {
    const [before = 0, after = 0] = [pads[axis], pads[axis + shape.length]];
    check(
      size + before + after > 0,
      () =>
        `padded: pads of ${before} and ${after} leave nothing of the ${size} along axis ${axis} of ${formatShape(shape)}.`,
    );
    return before === 0 && after === 0 ? null : paddedPlaces(size, before, after, mode);
  });
  return gathered(graph, value, lists, fill);
}
