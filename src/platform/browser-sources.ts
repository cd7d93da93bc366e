// Where files come from, as far as only those ask who read large ones: apart from browser.ts, so that a page loads it late.

import { check, FeatureMapError } from "../errors.js";

export { downloadCache } from "./cache-storage.js";

/** Addresses have no links. */
export async function isElsewhere(_path: string, _other: string): Promise<boolean> {
  return false;
}

/** A page reads every file from an address. */
export function locate(file: string | URL): { url: string } | { path: string } {
  check(String(file) !== "", 'The address of the file is empty (""). Say where the file is.');
  try {
    return { url: new URL(file, globalThis.document?.baseURI ?? location.href).href };
  } catch (cause) {
    throw new FeatureMapError(`${file} is not an address. Check it.`, { cause });
  }
}

/** SHA-256 in hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new FeatureMapError(
      "sha256 cannot be checked here: browsers have it for https pages only. Leave it out.",
    );
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
