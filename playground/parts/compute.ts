import { init } from "featuremap";

/** The kernels for what is small enough to be computed in the page itself; everything long belongs to the engine. */
export const ready = init({ threads: 1 });
