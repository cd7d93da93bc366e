// Where files come from, as far as only those ask who read large ones: apart from node.ts, so that a page loads it late.

import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { check } from "../errors.js";
import { folderCache } from "./cache-folder.js";
import type { DownloadCache } from "./draft.js";
import { checkScheme } from "./fetch-bytes.js";

export { isElsewhere } from "./node-files.js";

/** Whether a file is fetched from an address or read from a path. */
export function locate(file: string | URL): { url: string } | { path: string } {
  const text = String(file);
  check(text !== "", 'The path or address of the file is empty (""). Say where the file is.');
  checkScheme(text);
  if (/^(https?|data|blob):/i.test(text)) return { url: new URL(text).href };
  return { path: /^file:/i.test(text) ? fileURLToPath(text) : text };
}

/** Where downloads are kept: the user's folder for that, or another; undefined for nowhere. */
export function downloadCache(option: boolean | string = true): DownloadCache | undefined {
  if (option === false) return undefined;
  return folderCache(typeof option === "string" ? option : undefined);
}

const HASHED_AT_ONCE = 2 ** 26;

/** SHA-256 in hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; at += HASHED_AT_ONCE) {
    hash.update(bytes.subarray(at, at + HASHED_AT_ONCE));
    await nextTurn();
  }
  return hash.digest("hex");
}
