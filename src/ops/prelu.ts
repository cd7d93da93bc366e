import { binary, pairwise } from "./binary.js";
import { clip } from "./clip.js";
import { multiply } from "./multiply.js";

/** 1 where x is positive, the slope elsewhere. */
const slopeAt = pairwise("preluSlope", 1);

/**
 * x where positive, x times the slope elsewhere (He et al., 2015). The slope has the shape of x or, beside activations,
 * one pixel for each channel: [n, c, 1, 1] or [1, c, 1, 1].
 */
export const prelu = binary({
  name: "prelu",
  flops: 2,
  gradA: (graph, dy, { a, b }) => graph.add(multiply, [dy, graph.add(slopeAt, [a, b], {})], {}),
  gradB(graph, dy, { a }) {
    const low = graph.add(clip, [a], { min: Number.NEGATIVE_INFINITY, max: 0 });
    return graph.add(multiply, [dy, low], {});
  },
});
