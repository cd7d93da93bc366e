import { aroundAxis, axisOf } from "./axes.js";
import { toBlocked, toDense } from "./dense.js";
import { logSoftmax } from "./log-softmax.js";
import type { GraphWriter, Op, Value } from "./op.js";
import { reshaped } from "./reshape.js";
import { softmax } from "./softmax.js";

/** Applies an op on channels to any axis. Channels of a blocked value stay where they are; otherwise the result is dense. */
function along(what: string, op: Op<object>, graph: GraphWriter, value: Value, axis: number): Value {
  const { shape } = value;
  const at = axisOf(what, axis, shape);
  if (value.form === "blocked" && at === 1) return graph.add(op, [value], {});
  const [outer, n, inner] = aroundAxis(shape, at);
  // Beside one another as channels of [outer, n] or [outer, n, inner].
  const channels = inner === 1 ? [outer, n] : [outer, n, inner];
  const x = toBlocked(graph, reshaped(graph, toDense(graph, value), channels));
  return reshaped(graph, toDense(graph, graph.add(op, [x], {})), shape);
}

/** e^x over its sum along an axis. */
export function softmaxAlong(graph: GraphWriter, value: Value, axis: number): Value {
  return along("softmax", softmax, graph, value, axis);
}

/** The logarithm of {@link softmaxAlong}. */
export function logSoftmaxAlong(graph: GraphWriter, value: Value, axis: number): Value {
  return along("logSoftmax", logSoftmax, graph, value, axis);
}
