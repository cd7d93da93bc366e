import { broadcastShape } from "../../ops/axes.js";
import { toBlocked, toDense } from "../../ops/dense.js";
import type { Value } from "../../ops/op.js";
import { expanded } from "../../ops/rearrange.js";
import { reshaped } from "../../ops/reshape.js";
import { sameShape } from "../../ops/shape.js";
import { type Shape, sizeOf } from "../../tensor.js";
import { type Call, type Item, isKnown } from "../item.js";
import { expandedItem } from "./moves.js";

/** Whether a shape is one pixel for each channel of another: [n, c, 1, 1] or [1, c, 1, 1] beside [n, c, h, w]. */
export function isPerChannel(a: Shape, b: Shape): boolean {
  const padded = inFront(b, a.length);
  return (
    a.length >= 2 &&
    a.length <= 4 &&
    b.length <= a.length &&
    (padded[0] === 1 || padded[0] === a[0]) &&
    padded[1] === a[1] &&
    padded.slice(2).every((size) => size === 1)
  );
}

const inFront = (shape: Shape, rank: number): Shape => [
  ...Array<number>(Math.max(0, rank - shape.length)).fill(1),
  ...shape,
];

const isBlocked = (item: Item): boolean => !isKnown(item) && item.value.form === "blocked";

/**
 * Two operands as an op takes them: of one form and shape, or the second with one pixel for each channel of the first.
 * Activations stay in blocks of channels where they can.
 */
export function fitted(call: Call, a: Item, given: Item): [Value, Value] {
  const { graph } = call;
  const [, channels = 1, ...pixels] = a.shape;
  // One number for all channels is one for each.
  const isNumber = isBlocked(a) && isKnown(given) && sizeOf(given.shape) === 1 && a.shape.length > 1;
  const b = isNumber ? expandedItem(call, given, [1, channels, ...pixels.map(() => 1)]) : given;
  const same = sameShape(a.shape, b.shape);
  if ((isBlocked(a) || (same && isBlocked(b))) && (same || isPerChannel(a.shape, b.shape))) {
    const x = toBlocked(graph, call.valueOf(a));
    if (same) return [x, toBlocked(graph, call.valueOf(b))];
    const vector = reshaped(graph, call.valueOf(b), inFront(b.shape, a.shape.length));
    return [x, toBlocked(graph, vector)];
  }
  const shape = broadcastShape("its inputs", a.shape, b.shape);
  // Constants too are repeated when the network runs: a table of them would be as large as an activation.
  const [x, y] = [a, b].map((item) => toDense(graph, expanded(graph, call.valueOf(item), shape)));
  return [x!, y!];
}
