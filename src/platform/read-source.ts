import { readFile } from "#platform";
import { checkIs } from "../errors.js";

/** A file: its path (in a page its address), its bytes, or what a file input holds. */
export type Source = string | Uint8Array | ArrayBuffer | Blob;

/** The file's bytes. `what` names the argument, for errors. */
export async function readSource(what: string, source: Source): Promise<Uint8Array | ArrayBuffer> {
  if (typeof source === "string") return readFile(source);
  if (source instanceof Blob) return source.arrayBuffer();
  const isBytes = source instanceof Uint8Array || source instanceof ArrayBuffer;
  checkIs(isBytes, what, source, "a path, bytes (Uint8Array or ArrayBuffer) or a Blob");
  return source;
}
