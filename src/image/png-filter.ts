import { FeatureMapError } from "../errors.js";

// Every row of a PNG is stored as differences from a prediction; its first byte says which one (PNG 9.2):
// 0 nothing, 1 the byte to the left, 2 the one above, 3 their mean, 4 Paeth's choice of left, above and corner.

/** Restores one row in place. `above` is the restored row before it, zeros for the first; `pixel` its bytes per pixel. */
export function unfilter(
  filter: number,
  row: Uint8Array,
  above: Uint8Array,
  pixel: number,
  name: string,
): void {
  const length = row.length;
  if (filter === 1) {
    for (let i = pixel; i < length; i++) row[i] = row[i]! + row[i - pixel]!;
  } else if (filter === 2) {
    for (let i = 0; i < length; i++) row[i] = row[i]! + above[i]!;
  } else if (filter === 3) {
    for (let i = 0; i < length; i++)
      row[i] = row[i]! + (((i < pixel ? 0 : row[i - pixel]!) + above[i]!) >> 1);
  } else if (filter === 4) {
    // To the left of the first pixel are zeros, and so Paeth's choice is the byte above.
    for (let i = 0; i < pixel; i++) row[i] = row[i]! + above[i]!;
    for (let i = pixel; i < length; i++) {
      row[i] = row[i]! + paeth(row[i - pixel]!, above[i]!, above[i - pixel]!);
    }
  } else if (filter !== 0) {
    throw new FeatureMapError(`${name}: a PNG row has the unknown filter ${filter}. The file is damaged.`);
  }
}

/** Writes the filter number and the filtered row to `out`: of all filters the one with the smallest differences. */
export function filterRow(out: Uint8Array, row: Uint8Array, above: Uint8Array, pixel: number): void {
  const trial = new Uint8Array(out.length);
  let least = Infinity;
  for (let filter = 0; filter <= 4; filter++) {
    trial[0] = filter;
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      const left = i < pixel ? 0 : row[i - pixel]!;
      const corner = i < pixel ? 0 : above[i - pixel]!;
      const difference = row[i]! - predict(filter, left, above[i]!, corner);
      trial[i + 1] = difference;
      sum += Math.abs((difference << 24) >> 24);
    }
    if (sum >= least) continue;
    least = sum;
    out.set(trial);
  }
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  return filter === 3 ? (left + up) >> 1 : paeth(left, up, corner);
}

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - corner - corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
