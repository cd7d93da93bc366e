import { check, show } from "../errors.js";
import { isTorchTensor, type TorchTensor } from "./torch-world.js";

/** Tensors by name, and the plain values beside them as text. */
export interface StateDict {
  readonly entries: [string, TorchTensor][];
  readonly metadata: Record<string, string>;
}

interface Candidate {
  /** Keys that lead to it. */
  readonly path: readonly string[];
  readonly dictionary: ReadonlyMap<unknown, unknown>;
  readonly tensors: [string, TorchTensor][];
}

/** Training scripts nest weights two deep at most. */
const DEPTH = 4;
/** Where training scripts keep tensors that are no weights. */
const notWeights = /^(optim|lr_?sched|sched|scaler|amp|loss|criterion|rng|callbacks|loops|hyper_?param)/i;

/**
 * The one dictionary of tensors in what a file of torch.save holds: the file's own, or, as in checkpoints of training
 * scripts, an inner one.
 * @param key leads to it, where there are several
 * @throws FeatureMapError if there is none, or more than one, which are listed
 */
export function findStateDict(root: unknown, file: string, key: string | undefined): StateDict {
  check(
    !isTorchTensor(root),
    () =>
      `${file} holds a single tensor without a name. Save a dictionary: torch.save({"name": tensor}, path).`,
  );
  check(root instanceof Map, () => `${file} holds ${show(root)}; expected a dictionary of tensors by name.`);
  const all = candidates(root, []);
  if (key !== undefined) {
    const chosen = all.find(({ path }) => path.join(".") === key);
    check(chosen, () => `${file} has no dictionary of tensors "${key}". ${listed(all)}`);
    return result(root, chosen);
  }
  // Beside a dictionary of weights, single numbers and the state of an optimiser are none.
  const likely = all.filter(({ path }) => !path.some((part) => notWeights.test(part)));
  const large = likely.filter(({ tensors }) => tensors.some(([, { shape }]) => shape.length > 0));
  const found = large.length > 0 ? large : likely;
  check(found.length > 0, () => `${file} holds no dictionary of tensors by name. ${listed(all)}`);
  check(
    found.length === 1,
    () =>
      `${file} holds more than one dictionary of tensors. ${listed(found)} Choose one: { key: ${show(found.at(-1)!.path.join("."))} }.`,
  );
  return result(root, found[0]!);
}

function candidates(root: ReadonlyMap<unknown, unknown>, path: readonly string[]): Candidate[] {
  const found: Candidate[] = [];
  const seen = new Set<unknown>();
  const visit = (dictionary: ReadonlyMap<unknown, unknown>, at: readonly string[]): void => {
    // The same dictionary may stand in several places, or in itself.
    if (seen.has(dictionary)) return;
    seen.add(dictionary);
    const entries = [...dictionary];
    const tensors = entries.filter(
      (entry): entry is [string, TorchTensor] => typeof entry[0] === "string" && isTorchTensor(entry[1]),
    );
    if (tensors.length > 0) found.push({ path: at, dictionary, tensors });
    if (at.length === DEPTH) return;
    for (const [key, value] of entries) {
      if (value instanceof Map && typeof key === "string") visit(value, [...at, key]);
    }
  };
  visit(root, path);
  return found;
}

/** Plain values of the dictionaries from the root to the one found; inner ones win. */
function result(root: ReadonlyMap<unknown, unknown>, { path, tensors }: Candidate): StateDict {
  const metadata: [string, string][] = [];
  let dictionary: ReadonlyMap<unknown, unknown> = root;
  for (const key of [...path, undefined]) {
    for (const [label, value] of dictionary) {
      const plain = ["string", "number", "bigint", "boolean"].includes(typeof value);
      if (typeof label === "string" && plain) metadata.push([label, String(value)]);
    }
    if (key !== undefined) dictionary = dictionary.get(key) as ReadonlyMap<unknown, unknown>;
  }
  return { entries: tensors, metadata: Object.fromEntries(metadata) };
}

function listed(found: readonly Candidate[]): string {
  if (found.length === 0) return "There is none in it.";
  const names = found
    .slice(0, 20)
    .map(
      ({ path, tensors }) =>
        `${path.length > 0 ? show(path.join(".")) : "the outermost"} (${tensors.length} tensors)`,
    );
  return `There are: ${names.join(", ")}${found.length > 20 ? ", ..." : ""}.`;
}
