import { rounding } from "./rounding.js";

/** The next whole number towards zero. The gradient is 0. */
export const trunc = rounding("trunc");
