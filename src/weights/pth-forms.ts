// How files of torch.save begin.

import { isZip } from "./zip.js";

/** What the older form begins with, as a pickled integer. */
export const MAGIC = 0x1950a86a20f9469cfc6cn;
/** How protocols from 2 on write it, after their number and, from 4 on, a frame's. */
const MAGIC_BINARY = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const BEGINNINGS = [2, 2 + 9];

/** Whether the bytes begin as a file of torch.save does, in any of its forms. */
export function isPth(file: Uint8Array): boolean {
  return isZip(file) || isLegacy(file) || isTar(file);
}

/** The form before PyTorch 1.6: pickles, then bare numbers. */
export function isLegacy(file: Uint8Array): boolean {
  if (file[0] === 0x80)
    return BEGINNINGS.some((start) => MAGIC_BINARY.every((byte, i) => file[start + i] === byte));
  // Protocols 0 and 1 write the integer as text.
  return new TextDecoder("latin1").decode(file.subarray(0, 26)) === `L${MAGIC}L`;
}

/** The form before PyTorch 0.1.10. */
export function isTar(file: Uint8Array): boolean {
  return file.length > 262 && new TextDecoder("latin1").decode(file.subarray(257, 262)) === "ustar";
}
