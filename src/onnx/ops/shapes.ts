import { check, show } from "../../errors.js";
import { broadcastShape } from "../../ops/axes.js";
import { concat } from "../../ops/concat.js";
import { toBlocked } from "../../ops/dense.js";
import { depthToSpace, spaceToDepth } from "../../ops/depth-to-space.js";
import { slicePlaces } from "../../ops/rearrange.js";
import { sliceChannels } from "../../ops/slice-channels.js";
import { sizeOf } from "../../tensor.js";
import { axesIn, axisOf } from "../attributes.js";
import { numbersOf } from "../host/host.js";
import { type Call, checkSizes, type Item, isKnown, live } from "../item.js";
import { MOST_AXES } from "../proto/tensor.js";
import { expandedItem, gatheredItem, joinedItems, listOf, reshapedItem, transposedItem } from "./moves.js";
import type { Operators } from "./operator.js";

/** Axes as an attribute before an opset, as an input since. */
export function axesOf(call: Call, since: number, input = 1): readonly number[] | undefined {
  return call.opset < since ? call.node.ints("axes") : call.numbers(input);
}

/** Some places along each axis. A range of channels of an activation stays in blocks of channels. */
export function part(call: Call, item: Item, lists: readonly (readonly number[] | null)[]): Item {
  const kept = lists.map((list, d) =>
    list && list.length === item.shape[d] && list.every((place, i) => place === i) ? null : list,
  );
  const channels = kept[1];
  const isRange =
    channels &&
    channels.length > 0 &&
    kept.every((list, d) => d === 1 || list === null) &&
    channels.every((place, i) => place === channels[0]! + i);
  if (isRange && !isKnown(item) && item.value.form === "blocked") {
    const attrs = { start: channels[0]!, count: channels.length };
    return live(call.graph.add(sliceChannels, [item.value], attrs), item.dtype);
  }
  return gatheredItem(call, item, kept);
}

function slice(call: Call): Item {
  const { node } = call;
  const { shape } = call.item(0);
  const given = node.opset < 10;
  const starts = given ? node.ints("starts") : call.numbers(1);
  const ends = given ? node.ints("ends") : call.numbers(2);
  check(starts && ends && starts.length === ends.length, () => "starts and ends do not match.");
  const axes = (given ? node.ints("axes") : call.numbers(3)) ?? starts.map((_, i) => i);
  const steps = (given ? undefined : call.numbers(4)) ?? starts.map(() => 1);
  check(
    axes.length === starts.length && steps.length === starts.length && steps.every((step) => step !== 0),
    () => `starts, ends, axes and steps do not match: [${starts}], [${ends}], [${axes}], [${steps}].`,
  );
  const lists: (number[] | null)[] = shape.map(() => null);
  axesIn(axes, shape.length).forEach((d, i) => {
    if (steps[i] === 1 && starts[i] === 0 && ends[i]! >= shape[d]!) return;
    const { first, count } = slicePlaces(shape[d]!, starts[i]!, ends[i]!, steps[i]!);
    lists[d] = listOf(count, (j) => first + j * steps[i]!);
  });
  return part(call, call.item(0), lists);
}

/** Sizes of the parts are an attribute before opset 13, an input since; without them the parts are as even as can be. */
function split(call: Call): Item[] {
  const { node } = call;
  const item = call.item(0);
  const axis = axisOf(node.int("axis", 0), item.shape.length);
  const size = item.shape[axis]!;
  const count = node.int("num_outputs", node.outputs.length);
  check(
    count === node.outputs.length,
    () => `num_outputs is ${count}, but it has ${node.outputs.length} outputs.`,
  );
  const even = Math.ceil(size / count);
  const sizes =
    (node.opset < 13 ? node.ints("split") : call.numbers(1)) ??
    Array.from({ length: count }, (_, i) => Math.max(0, Math.min(even, size - i * even)));
  check(
    sizes.reduce((sum, one) => sum + one, 0) === size && sizes.every((one) => one >= 0),
    () => `parts of [${sizes}] are not the ${size} along axis ${axis} of [${item.shape}].`,
  );
  check(
    node.outputs.length <= sizes.length,
    () => `it has ${node.outputs.length} outputs for ${sizes.length} parts.`,
  );
  let start = 0;
  return sizes.map((one) => {
    const list = listOf(one, (i) => start + i);
    start += one;
    return part(
      call,
      item,
      item.shape.map((_, d) => (d === axis ? list : null)),
    );
  });
}

/** The result has the indices' shape where the axis was. */
function gather(call: Call): Item {
  const { node } = call;
  const item = call.item(0);
  const axis = axisOf(node.int("axis", 0), item.shape.length);
  const indices = call.needed(1);
  const size = item.shape[axis]!;
  const list = numbersOf(indices).map((index) => (index < 0 ? index + size : index));
  check(
    list.every((index) => index >= 0 && index < size),
    () => `the indices ${show(numbersOf(indices))} are not all within the ${size} along axis ${axis}.`,
  );
  const taken = part(
    call,
    item,
    item.shape.map((_, d) => (d === axis ? list : null)),
  );
  return reshapedItem(call, taken, [
    ...item.shape.slice(0, axis),
    ...indices.shape,
    ...item.shape.slice(axis + 1),
  ]);
}

/**
 * 0 takes over a size, -1 is what is left. A network exported for a batch of fixed size follows the batch it is given: see
 * `Call.batch`.
 */
function reshape(call: Call): Item {
  const { node } = call;
  const item = call.item(0);
  const wanted = call.numbers(1) ?? [];
  check(wanted.length <= MOST_AXES, () => `it makes ${wanted.length} axes; ${MOST_AXES} are allowed.`);
  const zeroIsZero = node.flag("allowzero", false);
  const sizes = wanted.map((size, d) => (size === 0 && !zeroIsZero ? (item.shape[d] ?? 0) : size));
  const { batch } = call;
  if (batch && sizes[0] === batch.declared && item.shape[0] === batch.actual && !isKnown(item)) {
    sizes[0] = batch.actual;
  }
  const rest = sizes.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const free = sizes.indexOf(-1);
  if (free >= 0) sizes[free] = rest === 0 ? 0 : sizeOf(item.shape) / rest;
  check(
    sizes.every((size) => Number.isInteger(size) && size >= 0) && sizeOf(sizes) === sizeOf(item.shape),
    () => `[${item.shape}] cannot become [${wanted}], which has another size.`,
  );
  return reshapedItem(call, item, sizes);
}

function squeeze(call: Call): Item {
  const item = call.item(0);
  const rank = item.shape.length;
  const given = axesOf(call, 13);
  const axes = given && axesIn(given, rank);
  const gone = axes ?? item.shape.flatMap((size, d) => (size === 1 ? [d] : []));
  check(
    gone.every((d) => item.shape[d] === 1),
    () => `the axes [${gone}] of [${item.shape}] are not all of size 1.`,
  );
  return reshapedItem(
    call,
    item,
    item.shape.filter((_, d) => !gone.includes(d)),
  );
}

function unsqueeze(call: Call): Item {
  const item = call.item(0);
  const given = axesOf(call, 13) ?? [];
  const rank = item.shape.length + given.length;
  check(rank <= MOST_AXES, () => `it makes ${rank} axes; ${MOST_AXES} are allowed.`);
  const axes = axesIn(given, rank);
  const rest = [...item.shape];
  return reshapedItem(
    call,
    item,
    Array.from({ length: rank }, (_, d) => (axes.includes(d) ? 1 : rest.shift()!)),
  );
}

/**
 * What an export for a batch of one keeps as a constant, such as a transformer's class token, beside what has another
 * batch: the same for each of its samples.
 */
function forBatch(call: Call, items: readonly Item[]): readonly Item[] {
  const { batch } = call;
  if (batch?.declared !== 1 || items.every(({ shape }) => shape[0] !== batch.actual)) return items;
  return items.map((item) =>
    item.shape[0] === 1 ? expandedItem(call, item, [batch.actual, ...item.shape.slice(1)]) : item,
  );
}

function concatenated(call: Call): Item {
  const all = call.inputs.map((_, i) => call.item(i));
  const given = call.node.int("axis", undefined);
  check(given !== undefined && all.length > 0, () => "it needs an axis and inputs.");
  const rank = all[0]!.shape.length;
  const axis = axisOf(given, rank);
  const items = axis === 0 ? all : forBatch(call, all);
  const isActivation = items.some((item) => !isKnown(item) && item.value.form === "blocked");
  if (axis === 1 && rank >= 2 && rank <= 4 && isActivation && items.every(({ shape }) => sizeOf(shape) > 0)) {
    const values = items.map((item) => toBlocked(call.graph, call.valueOf(item)));
    return live(call.graph.add(concat, values, {}), items[0]!.dtype);
  }
  return joinedItems(call, items, axis);
}

function tile(call: Call): Item {
  const item = call.item(0);
  const repeats = call.numbers(1) ?? [];
  check(
    repeats.length === item.shape.length &&
      repeats.every((count) => Number.isSafeInteger(count) && count >= 0),
    () => `repeats [${repeats}] do not fit the shape [${item.shape}].`,
  );
  checkSizes(item.shape.map((size, d) => size * repeats[d]!));
  const lists = item.shape.map((size, d) =>
    repeats[d] === 1 ? null : listOf(size * repeats[d]!, (i) => i % size),
  );
  return part(call, item, lists);
}

const blockOf = ({ node }: Call): number => {
  const block = node.int("blocksize", 0);
  check(block >= 1, () => `blocksize is ${block}; it must be at least 1.`);
  return block;
};

/** Operators that put numbers elsewhere. */
export const shapes: Operators = {
  Slice: {
    attributes: ["starts", "ends", "axes"],
    content: [1, 2, 3, 4],
    folds: true,
    run: slice,
  },
  Split: { attributes: ["axis", "split", "num_outputs"], content: [1], folds: true, run: split },
  Gather: { attributes: ["axis"], content: [1], folds: true, run: gather },
  Reshape: { attributes: ["allowzero"], content: [1], folds: true, run: reshape },
  Squeeze: { attributes: ["axes"], content: [1], folds: true, run: squeeze },
  Unsqueeze: { attributes: ["axes"], content: [1], folds: true, run: unsqueeze },
  Flatten: {
    attributes: ["axis"],
    folds: true,
    run(call) {
      const item = call.item(0);
      const rank = item.shape.length;
      const given = call.node.int("axis", 1);
      const axis = given === rank ? rank : axisOf(given, rank);
      return reshapedItem(call, item, [sizeOf(item.shape.slice(0, axis)), sizeOf(item.shape.slice(axis))]);
    },
  },
  Transpose: {
    attributes: ["perm"],
    folds: true,
    run(call) {
      const item = call.item(0);
      const perm = call.node.ints("perm") ?? item.shape.map((_, d) => item.shape.length - 1 - d);
      const axes = perm.map((axis) => axisOf(axis, item.shape.length));
      check(
        axes.length === item.shape.length && new Set(axes).size === axes.length,
        () => `perm [${perm}] is no order of the axes of [${item.shape}].`,
      );
      return axes.every((axis, d) => axis === d) ? item : transposedItem(call, item, axes);
    },
  },
  Concat: { attributes: ["axis"], tokens: [0, 1], folds: true, run: concatenated },
  Expand: {
    content: [1],
    tokens: [0],
    folds: true,
    run: (call) =>
      expandedItem(call, call.item(0), broadcastShape("its inputs", call.shape(0), call.numbers(1) ?? [])),
  },
  Tile: { content: [1], folds: true, run: tile },
  DepthToSpace: {
    attributes: ["blocksize", "mode"],
    run(call) {
      const mode = call.node.word("mode", ["DCR", "CRD"], "DCR");
      return live(depthToSpace(call.graph, call.blocked(0, [4]), blockOf(call), mode));
    },
  },
  SpaceToDepth: {
    attributes: ["blocksize"],
    run: (call) => live(spaceToDepth(call.graph, call.blocked(0, [4]), blockOf(call))),
  },
};
