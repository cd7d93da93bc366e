import { readFile } from "#platform";

/** The bytes of a file in test/fixtures. */
export function fixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(`${typeof location === "undefined" ? "" : "/"}test/fixtures/${name}`);
}
