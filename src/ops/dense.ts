import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import { blocked, dense } from "./blocked.js";
import type { GraphWriter, Value } from "./op.js";

/** The value as numbers in a row, in n, c, h, w order: itself if it is dense. */
export function toDense(graph: GraphWriter, value: Value): Value {
  return value.form === "dense" ? value : graph.add(dense, [value], { shape: value.shape });
}

/** The value as an activation: itself if it is one. Dense values may have up to four dimensions. */
export function toBlocked(graph: GraphWriter, value: Value): Value {
  if (value.form === "blocked") return value;
  check(
    value.shape.length <= 4,
    () =>
      `toBlocked: a value of shape ${formatShape(value.shape)} has more than the four dimensions of an activation. ` +
      "Reshape it first.",
  );
  return graph.add(blocked, [value], { shape: value.shape });
}
