import type { Preprocessing } from "../image/index.js";

/** Of digits as MNIST has them, for networks that take 32 x 32 pixels. */
export const digits: Preprocessing = {
  grayscale: true,
  size: [28, 28],
  pad: 2,
  mean: 0.1307,
  std: 0.3081,
  onBlack: true,
};
