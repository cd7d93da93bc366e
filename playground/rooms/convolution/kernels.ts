// Kernels as whole numbers over a divisor, as they are written in books.

/** A square kernel: rows from the top, each number divided by `divisor`. */
export interface Kernel {
  readonly size: number;
  readonly cells: readonly number[];
  readonly divisor: number;
  /** Where it comes from; "own" once a cell was edited. */
  readonly from: Preset | "own";
}

export const SIZES = [1, 3, 5, 7] as const;

/** Row `n` of Pascal's triangle: 1 2 1, 1 4 6 4 1, ... */
function binomial(n: number): number[] {
  return Array.from({ length: n }).reduce<number[]>((row) => polynomial(row, [1, 1]), [1]);
}

/** The product of two polynomials. */
function polynomial(a: readonly number[], b: readonly number[]): number[] {
  const product = Array<number>(a.length + b.length - 1).fill(0);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) product[i + j]! += x * y;
  return product;
}

const outer = (column: readonly number[], row: readonly number[]): number[] =>
  column.flatMap((y) => row.map((x) => y * x));

/** Smoothing, and the first and the second difference of something smoothed, over `size` pixels. */
const smooth = (size: number): number[] => binomial(size - 1);
const first = (size: number): number[] => polynomial(binomial(size - 2), [-1, 1]);
const second = (size: number): number[] => polynomial(binomial(size - 3), [1, -2, 1]);

const middle = (size: number): number => (size * size - 1) / 2;
const one = (size: number): number[] => Array.from({ length: size * size }, (_, i) => +(i === middle(size)));
const gaussian = (size: number): number[] => outer(smooth(size), smooth(size));

interface Recipe {
  readonly text: string;
  /** The smallest size there is. */
  readonly least: number;
  readonly cells: (size: number) => number[];
  readonly divisor?: (size: number) => number;
}

const recipes = {
  identity: { text: "Identity", least: 1, cells: one },
  box: {
    text: "Blur, box",
    least: 3,
    cells: (size) => Array<number>(size * size).fill(1),
    divisor: (size) => size * size,
  },
  gaussian: { text: "Blur, Gaussian", least: 3, cells: gaussian, divisor: (size) => 4 ** (size - 1) },
  sharpen: {
    text: "Sharpen",
    least: 3,
    // Three by three as it is known; larger, twice the picture less its blur.
    cells: (size) =>
      size === 3
        ? [0, -1, 0, -1, 5, -1, 0, -1, 0]
        : gaussian(size).map((value, i) => (i === middle(size) ? 2 * 4 ** (size - 1) : 0) - value),
    divisor: (size) => (size === 3 ? 1 : 4 ** (size - 1)),
  },
  sobelX: { text: "Sobel x: left to right", least: 3, cells: (size) => outer(smooth(size), first(size)) },
  sobelY: { text: "Sobel y: top to bottom", least: 3, cells: (size) => outer(first(size), smooth(size)) },
  laplacian: {
    text: "Laplacian",
    least: 3,
    cells: (size) => {
      if (size === 3) return [0, 1, 0, 1, -4, 1, 0, 1, 0];
      const across = outer(smooth(size), second(size));
      return outer(second(size), smooth(size)).map((value, i) => value + across[i]!);
    },
  },
  emboss: {
    text: "Emboss",
    least: 3,
    cells: (size) => one(size).map((value, i) => value + Math.floor(i / size) + (i % size) - (size - 1)),
  },
  random: {
    text: "Random",
    least: 1,
    cells: (size) => Array.from({ length: size * size }, () => Math.floor(Math.random() * 9) - 4),
  },
} satisfies Record<string, Recipe>;

export type Preset = keyof typeof recipes;

/** The kernels that there are in a size, by name and in words. */
export function presets(size: number): readonly (readonly [Preset, string])[] {
  return Object.entries(recipes)
    .filter(([, { least }]) => size >= least)
    .map(([name, { text }]) => [name as Preset, text]);
}

export function kernelOf(preset: Preset, size: number): Kernel {
  const { cells, divisor = () => 1 }: Recipe = recipes[preset];
  return { size, cells: cells(size), divisor: divisor(size), from: preset };
}

/** The same kernel in another size: made anew if it is one of those with a name, else cut or filled up with zeros. */
export function resized(kernel: Kernel, size: number): Kernel {
  if (kernel.from !== "own" && size >= recipes[kernel.from].least) return kernelOf(kernel.from, size);
  const shift = (kernel.size - size) / 2;
  const at = (y: number, x: number): number =>
    Math.min(y, x) >= 0 && Math.max(y, x) < kernel.size ? kernel.cells[y * kernel.size + x]! : 0;
  const cells = Array.from({ length: size * size }, (_, i) =>
    at(Math.floor(i / size) + shift, (i % size) + shift),
  );
  return { ...kernel, size, cells, from: "own" };
}

/** The kernel with one number changed. */
export function edited(kernel: Kernel, index: number, value: number): Kernel {
  return { ...kernel, from: "own", cells: kernel.cells.map((cell, i) => (i === index ? value : cell)) };
}
