import { checkIs, checkOptions } from "../errors.js";
import { type Patience, usualPatience } from "../platform/download.js";
import { type ReadWeightsOptions, readWeightsOptions } from "./options.js";
import { parseWeights } from "./parse-weights.js";
import type { WeightsFile } from "./pth.js";
import { type FileSource, openFile } from "./source.js";

export type { TransferProgress } from "../platform/download.js";
export type { ReadWeightsOptions } from "./options.js";
export { nameOfSource } from "./source.js";

/**
 * Where weights come from: a path or an address (in a page always an address), a Blob or File, bytes, a stream of
 * bytes, or what `fetch` gave.
 */
export type WeightsSource = FileSource;

/**
 * Reads a file of weights: safetensors, torch.save's (.pth, .pt), npy or npz, known by their contents. From an address
 * it comes by a download that survives broken connections, and is kept for the next time only when it is whole, has the
 * SHA-256 that is asked for and could be read.
 * @throws FeatureMapError for files that cannot be fetched or read; the signal's reason
 */
export function readWeights(source: WeightsSource, options: ReadWeightsOptions = {}): Promise<WeightsFile> {
  return readWeightsWith(source, options, usualPatience);
}

/** With another patience, for tests. */
export async function readWeightsWith(
  source: WeightsSource,
  options: ReadWeightsOptions,
  patience: Patience,
): Promise<WeightsFile> {
  checkOptions("readWeights", options, readWeightsOptions);
  const { key, ...reading } = options;
  checkIs(key === undefined || typeof key === "string", "readWeights: key", key, "a string");
  // A file that lacks the key is sound, and kept.
  const read = await openFile("readWeights", source, reading, patience, (bytes, name) =>
    parseWeights(bytes, name, !isLent(source)),
  );
  return read(key);
}

/** Whether a source is bytes that stay the caller's, by its tag: those of another frame are no instances here. */
function isLent(source: WeightsSource): boolean {
  return /Array/.test(Object.prototype.toString.call(source));
}
