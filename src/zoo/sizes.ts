import { checkCount, checkOptions } from "../errors.js";

/** Throws unless there is a whole number for each key, and nothing else. */
export function checkSizes<K extends string>(
  what: string,
  sizes: Readonly<Record<K, number>>,
  keys: readonly K[],
): void {
  checkOptions(what, sizes, keys);
  for (const key of keys) checkCount(`${what}: ${key}`, sizes[key]);
}
