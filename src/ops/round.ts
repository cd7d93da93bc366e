import { rounding } from "./rounding.js";

/** The nearest whole number; of two the even one. The gradient is 0. */
export const round = rounding("round");
