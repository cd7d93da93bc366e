import { listFolder, readFile } from "#platform";
import { check, FeatureMapError } from "../errors.js";
import { fetchBytes } from "../platform/fetch-bytes.js";

/** Where the files of a data set are: in a folder (Node), or under an address. */
export interface Place {
  readonly dir?: string;
  readonly url?: string | URL;
}

export interface NamedBytes {
  /** Path or address, for errors. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reads files of a data set. Each is given by the names it may have, the preferred one first. */
export async function readFiles(
  what: string,
  place: Place,
  files: readonly (readonly string[])[],
): Promise<NamedBytes[]> {
  const found: NamedBytes[] = [];
  if (place.url !== undefined) {
    check(place.dir === undefined, `${what}: give either dir or url, not both.`);
    for (const names of files) found.push(await fetchFile(what, place.url, names));
    return found;
  }
  const dir = place.dir!;
  const there = new Set((await listFolder(dir)).map(({ name }) => name));
  for (const names of files) {
    const name = names.find((candidate) => there.has(candidate));
    check(name, () => `${what}: the folder ${dir} has no file ${names.join(" or ")}.`);
    const path = `${dir}/${name}`;
    found.push({ name: path, bytes: await readFile(path) });
  }
  return found;
}

async function fetchFile(what: string, url: string | URL, names: readonly string[]): Promise<NamedBytes> {
  for (const candidate of names) {
    const address = `${String(url).replace(/\/$/, "")}/${candidate}`;
    const bytes = await fetchBytes(address);
    if (bytes) return { name: address, bytes };
  }
  throw new FeatureMapError(`${what}: there is no ${names.join(" or ")} at ${url}.`);
}

/** The first of some usual folders that exists. */
export async function firstFolder(paths: readonly (string | undefined)[]): Promise<string | undefined> {
  for (const path of paths) {
    if (path && (await listFolder(path).catch(() => undefined))) return path;
  }
  return undefined;
}
