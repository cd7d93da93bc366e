/** Every error the library throws on purpose. Its message names what was found, what was expected and what to do. */
export class FeatureMapError extends Error {
  override name = "FeatureMapError";
}

/** Throws a {@link FeatureMapError} with the message unless the condition holds. */
export function check(condition: unknown, message: string | (() => string)): asserts condition {
  if (!condition) throw new FeatureMapError(typeof message === "string" ? message : message());
}

/** "Object", "Map", "Promise", ...: the built-in kind of a value. */
const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice("[object ".length, -1);

/** A value as messages name it: strings in quotes, and by its kind what cannot be printed. */
export function show(value: unknown, depth = 2): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  const some = <T>(items: T[], one: (item: T) => string): string =>
    depth === 0 ? "..." : `${items.slice(0, 8).map(one).join(",")}${items.length > 8 ? ",..." : ""}`;
  if (Array.isArray(value)) return `[${some(value, (item) => show(item, depth - 1))}]`;
  const kind = kindOf(value);
  if (kind === "Promise") return "a promise (write await before it)";
  if (kind !== "Object") return `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
  return `{${some(Object.entries(value), ([key, item]) => `${key}: ${show(item, depth - 1)}`)}}`;
}

/** Throws unless it holds that the value is what it must be. `what` names it: "fit: loss". */
export function checkIs(holds: boolean, what: string, value: unknown, must: string): void {
  check(holds, () => `${what} is ${show(value)}; it must be ${must}.`);
}

/** Throws unless the value is a whole number within bounds. `what` names it: "conv2d: groups". */
export function checkCount(
  what: string,
  value: unknown,
  min = 1,
  max = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  const fits = Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
  checkIs(
    fits,
    what,
    value,
    `a whole number ${max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `of at least ${min}`}`,
  );
}

/** Bounds of a number, with what they admit at the ends. */
export interface Range {
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  readonly below?: number;
}

/** Throws unless the value is a finite number within bounds. `what` names it: "adam: lr". */
export function checkNumber(
  what: string,
  value: unknown,
  { min, above, max, below }: Range = {},
): asserts value is number {
  const number = value as number;
  const fits =
    Number.isFinite(value) && !(number < min! || number <= above! || number > max! || number >= below!);
  const within = min !== undefined && max !== undefined;
  const words = [
    within && `from ${min} to ${max}`,
    min !== undefined && !within && `of at least ${min}`,
    above !== undefined && `above ${above}`,
    max !== undefined && !within && `of at most ${max}`,
    below !== undefined && `below ${below}`,
  ];
  checkIs(fits, what, value, `a number ${words.filter(Boolean).join(" and ")}`.trim());
}

/** Throws unless each of the options is true or false. */
export function checkFlags(what: string, flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags))
    checkIs(typeof value === "boolean", `${what}: ${name}`, value, "true or false");
}

/** Throws unless the list of the remaining arguments is empty. */
export function checkNoMore(what: string, given: readonly unknown[]): void {
  check(given.length === 0, () => `${what}: ${show(given[0])} is one argument too many. Leave it out.`);
}

/** Throws unless the signal is one, where there is any. */
export function checkSignal(what: string, signal: AbortSignal | undefined): void {
  checkIs(
    signal === undefined || typeof signal?.throwIfAborted === "function",
    `${what}: signal`,
    signal,
    "an AbortSignal, such as controller.signal",
  );
}

/** Throws unless `options` is an object whose keys are all `known`: a misspelt option is an error, never ignored. */
export function checkOptions(what: string, options: object, known: readonly string[]): void {
  check(
    kindOf(options) === "Object",
    () =>
      `${what}: options are given by name, as in { ${known[0]}: ... }, not as ${show(options)}. It takes: ${known.join(", ")}.`,
  );
  for (const key of Object.keys(options)) {
    check(known.includes(key), () => `${what}: unknown option "${key}". It takes: ${known.join(", ")}.`);
  }
}
