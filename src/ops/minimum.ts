import { binary } from "./binary.js";
import { shareOfLarger, shareOfSmaller } from "./maximum.js";

/**
 * The smaller of a and b, NaN beside a NaN; b has the shape of a or, of activations, one pixel for each channel:
 * [n, c, 1, 1] or [1, c, 1, 1].
 */
export const minimum = binary({ name: "minimum", flops: 2, gradA: shareOfSmaller, gradB: shareOfLarger });
