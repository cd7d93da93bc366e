import { rounding } from "./rounding.js";

/** The next whole number below. The gradient is 0. */
export const floor = rounding("floor");
