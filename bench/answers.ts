// A contender with another answer is not faster: it is wrong.
import type { Tensor } from "featuremap";

/** Where two answers differ by more than `tolerance` relative to the largest value of the second; null if nowhere. */
export function difference(
  what: string,
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
): string | null {
  if (got.length !== wanted.length) return `${what}: ${got.length} values instead of ${wanted.length}`;
  let largest = 0;
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    largest = Math.max(largest, Math.abs(wanted[i]!));
    // One that is no number makes the worst no number.
    worst = Math.max(worst, Math.abs(got[i]! - wanted[i]!));
  }
  if (worst <= tolerance * largest) return null;
  return `${what}: off by ${worst.toExponential(1)}, where values reach ${largest.toExponential(1)}`;
}

/** The same for every tensor of a state. */
export function differences(
  what: string,
  got: ReadonlyMap<string, Tensor>,
  wanted: ReadonlyMap<string, Tensor>,
  tolerance: number,
): string[] {
  return [...wanted].flatMap(([name, { data }]) => {
    const found = difference(`${what}: ${name}`, got.get(name)?.data ?? [], data, tolerance);
    return found ? [found] : [];
  });
}
