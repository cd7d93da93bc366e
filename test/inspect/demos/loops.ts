// Definitions in plain loops, as oracles for the demonstrations.

import fc from "fast-check";

export type Rows = readonly (readonly number[])[];

/** Correlation without padding: y[i][j] = sum over u, v of w[u][v] x[i sh + u][j sw + v]. */
export function correlate(x: Rows, w: Rows, sh = 1, sw = 1): number[][] {
  const [kh, kw] = [w.length, w[0]!.length];
  const y: number[][] = [];
  for (let i = 0; i + kh <= x.length; i += sh) {
    const row: number[] = [];
    for (let j = 0; j + kw <= x[0]!.length; j += sw) {
      let sum = 0;
      for (let u = 0; u < kh; u++) for (let v = 0; v < kw; v++) sum += w[u]![v]! * x[i + u]![j + v]!;
      row.push(sum);
    }
    y.push(row);
  }
  return y;
}

/** Zeros around: so many rows above, columns before, rows below, columns after. */
export function zeros(x: Rows, top: number, left: number, bottom: number, right: number): number[][] {
  const width = left + x[0]!.length + right;
  const empty = (count: number) => Array.from({ length: count }, () => Array<number>(width).fill(0));
  const rows = x.map((row) => [...Array<number>(left).fill(0), ...row, ...Array<number>(right).fill(0)]);
  return [...empty(top), ...rows, ...empty(bottom)];
}

export const turned = (rows: Rows): number[][] => [...rows].reverse().map((row) => [...row].reverse());

export const ints = (least: number, most = least) =>
  fc.array(fc.integer({ min: -9, max: 9 }), { minLength: least, maxLength: most });

/** Matrices of whole numbers with sides within bounds. */
export const matrices = (least: number, most: number) =>
  fc
    .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
    .chain(([h, w]) => fc.array(ints(w), { minLength: h, maxLength: h }));

export const holds = (property: fc.IRawProperty<unknown>, numRuns = 40) =>
  fc.assert(property, { numRuns, seed: 1 });
