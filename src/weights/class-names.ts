/**
 * Names of the outputs, as the metadata of a file that was written here keep them: a JSON list under "classes". Undefined
 * where another program wrote the file.
 */
export function classNames(metadata: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const json = metadata.classes;
  if (typeof json !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(json);
    const isList = Array.isArray(parsed) && parsed.length > 0;
    return isList && parsed.every((name) => typeof name === "string") ? parsed : undefined;
  } catch {
    return undefined;
  }
}
