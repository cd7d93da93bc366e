import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import { binary, pairwise } from "./binary.js";
import { clip } from "./clip.js";
import { toBlocked } from "./dense.js";
import { multiply } from "./multiply.js";
import type { GraphWriter, Op, Value } from "./op.js";
import { expanded } from "./rearrange.js";
import { reshaped } from "./reshape.js";

/** 1 where x is positive, the slope elsewhere. */
const slopeAt = pairwise("preluSlope", 1);

/**
 * x where positive, x times the slope elsewhere (He et al., 2015). The slope has the shape of x or, beside activations,
 * one pixel for each channel: [n, c, 1, 1] or [1, c, 1, 1].
 */
export const prelu: Op<object> = binary({
  name: "prelu",
  flops: 2,
  gradA: (graph, dy, { a, b }) => graph.add(multiply, [dy, graph.add(slopeAt, [a, b], {})], {}),
  gradB(graph, dy, { a }) {
    const low = graph.add(clip, [a], { min: Number.NEGATIVE_INFINITY, max: 0 });
    return graph.add(multiply, [dy, low], {});
  },
});

/** Adds prelu with the slopes of a parameter: [1] for all of x, or [c], one for each of its channels. */
export function learnedRelu(graph: GraphWriter, x: Value, slopes: Value): Value {
  const { shape, form } = x;
  const channels = shape[1] ?? 1;
  const [count = 1] = slopes.shape;
  check(
    slopes.shape.length <= 1 && (count === 1 || count === channels),
    () =>
      `prelu: the slopes have shape ${formatShape(slopes.shape)}; beside ${formatShape(shape)} they must be [1] or [${channels}].`,
  );
  const pixels = shape.slice(2).map(() => 1);
  const column = reshaped(graph, slopes, count === 1 ? [] : [count, ...pixels]);
  const slope =
    form === "dense"
      ? expanded(graph, column, shape)
      : toBlocked(graph, expanded(graph, column, [1, ...shape.slice(1, 2), ...pixels]));
  return graph.add(prelu, [x, slope], {});
}
