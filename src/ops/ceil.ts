import { rounding } from "./rounding.js";

/** The next whole number above. The gradient is 0. */
export const ceil = rounding("ceil");
