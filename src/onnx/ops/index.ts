import { activations } from "./activations.js";
import { arithmetic } from "./arithmetic.js";
import { comparisons } from "./comparison.js";
import { constants } from "./constants.js";
import { convolutions } from "./convolution.js";
import { normalizations } from "./normalization.js";
import type { Operator } from "./operator.js";
import { paddings } from "./padding.js";
import { poolings } from "./pooling.js";
import { products } from "./products.js";
import { reductions } from "./reductions.js";
import { resizings } from "./resizing.js";
import { shapes } from "./shapes.js";

/** All that the importer understands, by name. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...constants,
    ...activations,
    ...arithmetic,
    ...comparisons,
    ...convolutions,
    ...poolings,
    ...normalizations,
    ...products,
    ...shapes,
    ...paddings,
    ...resizings,
    ...reductions,
  }),
);
