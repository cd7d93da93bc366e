import { check, checkFlags, checkIs, checkOptions } from "../errors.js";
import { sameShape } from "../ops/shape.js";
import { formatShape, sizeOf, Tensor } from "../tensor.js";
import type { Entry } from "./store.js";
import { wrapperDialects } from "./wrappers.js";

/** Tensors by the names of parameters and buffers. */
export type StateDict = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** What to do about entries that do not match in `loadStateDict`. */
export interface LoadOptions {
  /** Throw when entries are missing or unexpected. Default true. Wrong shapes always throw, and so does a state of other names only. */
  strict?: boolean;
  /** Leave what is under these names as it is, whatever the state has there: `["fc"]` for a last layer of one's own. */
  skip?: readonly string[];
}

/** Other names, and maybe shapes, that another library gives the weights of the same network. */
export interface Dialect {
  /** Whose names they are, for errors. */
  readonly name: string;
  /** Whether a state of these names is in the dialect. */
  applies(names: ReadonlySet<string>): boolean;
  /** The state under the network's own names. Throws when it is not what the names promised. */
  translate(state: ReadonlyMap<string, Tensor>): Map<string, Tensor>;
}

/** Whether a name is the prefix or lies below it. */
export function isUnder(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(`${prefix}.`);
}

/** A state under the names that dialects give it. */
export interface Reading {
  readonly state: ReadonlyMap<string, Tensor>;
  /** Names of the dialects. */
  readonly spoken: readonly string[];
}

/**
 * A state as it is, then under the names of the first dialect that applies, and so on: names within names are common, as
 * a wrapper's prefix before those of another library.
 */
export function* readings(
  given: ReadonlyMap<string, Tensor>,
  dialects: readonly Dialect[],
): Generator<Reading, void> {
  let reading: Reading = { state: given, spoken: [] };
  let left = [...dialects, ...wrapperDialects];
  while (true) {
    yield reading;
    const { state, spoken } = reading;
    const names = new Set(state.keys());
    const dialect = left.find((one) => one.applies(names));
    if (!dialect) return;
    left = left.filter((one) => one !== dialect);
    reading = { state: dialect.translate(state), spoken: [...spoken, dialect.name] };
  }
}

/** Files of models that were never trained may lack it. */
const isOptional = ({ name }: Entry): boolean => name.endsWith("num_batches_tracked");

/** A single number may be [] or [1]. */
const fits = ({ shape }: Entry, tensor: Tensor): boolean =>
  sameShape(tensor.shape, shape) || (sizeOf(shape) === 1 && tensor.size === 1);

/**
 * What to set each entry to. Throws, with all of them listed, when entries are missing, unexpected or wrongly shaped.
 * `source`: what the state is, at the start of a sentence.
 */
export function matchState(
  entries: ReadonlyMap<string, Entry>,
  weights: StateDict,
  options: LoadOptions,
  dialects: readonly Dialect[],
  source: string,
): Map<Entry, Tensor> {
  checkOptions("loadStateDict", options, ["strict", "skip"]);
  const { strict = true, skip = [] } = options;
  checkFlags("loadStateDict", { strict });
  const areNames = Array.isArray(skip) && skip.every((name) => typeof name === "string");
  checkIs(areNames, "loadStateDict: skip", skip, 'a list of names, such as ["fc"]');
  const given = asMap(weights);
  const skipped = (name: string): boolean => skip.some((prefix) => isUnder(name, prefix));
  for (const prefix of skip) {
    check(
      [...entries.keys()].some((name) => isUnder(name, prefix)),
      () =>
        `loadStateDict: there is nothing under "${prefix}" to skip. The names are ${list(entries.keys())}.`,
    );
  }
  const wanted = [...entries.values()].filter(({ name }) => !skipped(name));
  const missing = (state: ReadonlyMap<string, Tensor>): string[] =>
    wanted.filter((entry) => !state.has(entry.name) && !isOptional(entry)).map(({ name }) => name);
  const unexpected = (state: ReadonlyMap<string, Tensor>): string[] =>
    [...state.keys()].filter((name) => !entries.has(name) && !skipped(name));

  const mismatches = (one: ReadonlyMap<string, Tensor>): number =>
    missing(one).length + unexpected(one).length;
  let best: Reading = { state: given, spoken: [] };
  for (const reading of readings(given, dialects)) {
    // No worse than before: a network's own names may happen to look like a dialect.
    if (mismatches(reading.state) <= mismatches(best.state)) best = reading;
    if (mismatches(best.state) === 0) break;
  }
  const { state, spoken } = best;

  const problems: string[] = [];
  const note = (what: string, names: string[]): void => {
    if (names.length > 0) problems.push(`${what}: ${list(names)}`);
  };
  if (strict) {
    note("missing", missing(state));
    note("unexpected", unexpected(state));
  }
  const present = wanted.filter(({ name }) => state.has(name));
  if (!strict && present.length === 0 && wanted.length > 0) {
    problems.push(
      `none of its names is the model's: it has ${list(state.keys())}, the model ${list(entries.keys())}`,
    );
  }
  const misshapen = present.filter((entry) => !fits(entry, state.get(entry.name)!));
  note(
    "wrongly shaped",
    misshapen.map(
      ({ name, shape }) =>
        `${name} (${formatShape(state.get(name)!.shape)} instead of ${formatShape(shape)})`,
    ),
  );
  const onlyShapes = strict ? problems.length === 1 && misshapen.length > 0 : misshapen.length > 0;
  const owners = new Set(misshapen.map(({ name }) => name.slice(0, Math.max(0, name.lastIndexOf(".")))));
  const remedy = onlyShapes
    ? `, or leave these layers as they are: { skip: ${JSON.stringify([...owners])} }.`
    : strict
      ? ", or use { strict: false } to load what matches."
      : ".";
  check(
    problems.length === 0,
    () =>
      `${source} does not fit the model. ${spoken.length > 0 ? `Read as ${spoken.join(", then ")}. ` : ""}` +
      `${problems.join("; ")}. Nothing was loaded. Build the network that the weights belong to${remedy}`,
  );
  return new Map(present.map((entry) => [entry, state.get(entry.name)!]));
}

function asMap(weights: StateDict): ReadonlyMap<string, Tensor> {
  const isObject = typeof weights === "object" && weights !== null;
  checkIs(isObject, "loadStateDict: the state", weights, "a Map of Tensors, or an object of them, by name");
  const state: ReadonlyMap<string, Tensor> =
    weights instanceof Map ? weights : new Map(Object.entries(weights));
  for (const [name, value] of state) {
    checkIs(value instanceof Tensor, `loadStateDict: "${name}"`, value, "a Tensor");
  }
  return state;
}

/** The names, or the first of many. */
function list(names: Iterable<string>): string {
  const all = [...names];
  return all.length <= MOST_NAMES
    ? all.join(", ")
    : `${all.slice(0, MOST_NAMES - 2).join(", ")} and ${all.length - MOST_NAMES + 2} more`;
}

const MOST_NAMES = 12;
