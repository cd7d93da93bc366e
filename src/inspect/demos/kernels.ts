/** Kernels made by hand, [kh, kw], for correlation (as `conv2d` slides them). */
export const kernels = {
  /** Leaves the picture as it is. */
  identity: [
    [0, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
  ],
  /** Change from left to right: vertical edges (Sobel and Feldman, 1968). */
  sobelX: [
    [-1, 0, 1],
    [-2, 0, 2],
    [-1, 0, 1],
  ],
  /** Change from top to bottom: horizontal edges. */
  sobelY: [
    [-1, -2, -1],
    [0, 0, 0],
    [1, 2, 1],
  ],
  /** Second derivative, from the four neighbours: edges of all directions and points. */
  laplacian4: [
    [0, 1, 0],
    [1, -4, 1],
    [0, 1, 0],
  ],
  /** The same from all eight neighbours. */
  laplacian8: [
    [1, 1, 1],
    [1, -8, 1],
    [1, 1, 1],
  ],
  /** Mean of 3 × 3 pixels. */
  box: Array.from({ length: 3 }, () => Array<number>(3).fill(1 / 9)),
  /** Blur whose weights fall off with distance: binomial numbers, near a Gaussian of standard deviation 1. */
  gaussian: [1, 4, 6, 4, 1].map((a) => [1, 4, 6, 4, 1].map((b) => (a * b) / 256)),
  /** The picture minus its Laplacian: what differs from its neighbours comes out. */
  sharpen: [
    [0, -1, 0],
    [-1, 5, -1],
    [0, -1, 0],
  ],
  /** Light from the top left: a relief. */
  emboss: [
    [-2, -1, 0],
    [-1, 1, 1],
    [0, 1, 2],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly number[])[]>>;
