/** Every error the library throws on purpose. Its message names what was found, what was expected and what to do. */
export class FeatureMapError extends Error {
  override name = "FeatureMapError";
}

/** Throws a {@link FeatureMapError} with the message unless the condition holds. */
export function check(condition: unknown, message: string | (() => string)): asserts condition {
  if (!condition) throw new FeatureMapError(typeof message === "string" ? message : message());
}

/** Throws unless `options` is an object whose keys are all `known`: a misspelt option is an error, never ignored. */
export function checkOptions(what: string, options: object, known: readonly string[]): void {
  check(
    typeof options === "object" && options !== null && !Array.isArray(options),
    () =>
      `${what}: options are given by name, as in { ${known[0]}: ... }, not as ${JSON.stringify(options) ?? String(options)}. It takes: ${known.join(", ")}.`,
  );
  for (const key of Object.keys(options)) {
    check(known.includes(key), () => `${what}: unknown option "${key}". It takes: ${known.join(", ")}.`);
  }
}
