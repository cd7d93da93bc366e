/** The folder of large reference files next to the repository, or null where there is none, as in a page. */
export function sharedData(): string | null {
  const process = globalThis.process;
  const fs = process?.getBuiltinModule?.("node:fs");
  const path = process?.getBuiltinModule?.("node:path");
  if (!fs || !path) return null;
  const folder = path.resolve(process.cwd(), "../shared/data");
  return fs.existsSync(folder) ? folder : null;
}
