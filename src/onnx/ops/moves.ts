// Numbers put elsewhere, known ones at once, others by the graph.

import { check } from "../../errors.js";
import { broadcastShape } from "../../ops/axes.js";
import { joined } from "../../ops/joined.js";
import { expanded, gathered, transposed } from "../../ops/rearrange.js";
import { reshaped } from "../../ops/reshape.js";
import { sameShape } from "../../ops/shape.js";
import type { Shape } from "../../tensor.js";
import { expandedHost, gatheredHost, joinedHost, reshapedHost, transposedHost } from "../host/move.js";
import { type Call, type Item, isKnown, type Live, live } from "../item.js";

const moved = ({ dtype }: Item, value: Live["value"]): Live => live(value, dtype);

/** The same numbers under another shape. */
export function reshapedItem(call: Call, item: Item, shape: Shape): Item {
  if (isKnown(item)) return reshapedHost(item, shape);
  return sameShape(item.shape, shape) ? item : moved(item, reshaped(call.graph, item.value, shape));
}

export function transposedItem(call: Call, item: Item, perm: readonly number[]): Item {
  if (isKnown(item)) return transposedHost(item, perm);
  return moved(item, transposed(call.graph, item.value, perm));
}

/** Places along an axis at most: what a file claims takes no more memory than that. */
const MOST_PLACES = 2 ** 20;

/** Throws where a file decides on an axis that is longer than anything real. */
export function checkLength(length: number, most = MOST_PLACES): void {
  check(length <= most, () => `it wants ${length} numbers along an axis; ${most} are allowed.`);
}

/** A list of places along an axis, of a length that a file decides. */
export function listOf(length: number, place: (i: number) => number, most = MOST_PLACES): number[] {
  checkLength(length, most);
  return Array.from({ length }, (_, i) => place(i));
}

/** What lies at the listed places of each axis; null: all of them, -1: `fill`. */
export function gatheredItem(
  call: Call,
  item: Item,
  lists: readonly (readonly number[] | null)[],
  fill = 0,
): Item {
  if (lists.every((list) => list === null)) return item;
  if (isKnown(item)) return gatheredHost(item, lists, fill);
  return moved(item, gathered(call.graph, item.value, lists, fill));
}

/** Repeated to the shape that the item's and the given one have in common. */
export function expandedItem(call: Call, item: Item, shape: Shape): Item {
  const to = broadcastShape("its inputs", item.shape, shape);
  if (sameShape(to, item.shape)) return item;
  if (isKnown(item)) return expandedHost(item, to);
  return moved(item, expanded(call.graph, item.value, to));
}

/** One after the other along an axis. */
export function joinedItems(call: Call, items: readonly Item[], axis: number): Item {
  if (items.every(isKnown)) return joinedHost(items, axis);
  const values = items.map((item) => call.valueOf(item));
  return moved(items[0]!, joined(call.graph, values, axis));
}
