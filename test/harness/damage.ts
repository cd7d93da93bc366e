import fc from "fast-check";
import { FeatureMapError } from "../../src/errors.js";
import { Watch } from "./watch.js";

/** A valid file with some bytes changed, cut short, or both. */
function damaged(file: Uint8Array): fc.Arbitrary<Uint8Array> {
  const changes = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 4 });
  // Headers stand at the start, so half of the changes hit the first hundred bytes.
  const early = fc.array(fc.tuple(fc.nat(Math.min(100, file.length) - 1), fc.nat(255)), { maxLength: 4 });
  const end = fc.oneof(fc.constant(file.length), fc.nat(file.length));
  return fc.tuple(changes, early, end).map(([anywhere, first, length]) => {
    const copy = file.slice();
    for (const [at, value] of [...anywhere, ...first]) copy[at] = value;
    return copy.subarray(0, length);
  });
}

/** Reads damaged files, each of which must give a result that `verify` accepts or a FeatureMapError: nothing else, and soon. */
export async function survivesDamage<T>(
  files: readonly Uint8Array[],
  read: (file: Uint8Array) => T | Promise<T>,
  verify: (result: T) => void,
  runs = 300,
  name = "this kind",
): Promise<void> {
  const watch = new Watch();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(...files.map(damaged)), async (file) => {
      try {
        verify(await watch.over(`number ${++run}`, () => read(file)));
      } catch (error) {
        if (!(error instanceof FeatureMapError)) throw error;
      }
    }),
    { numRuns: runs, seed: 1 },
  );
  watch.check(name);
}
