import packed from "wasm:packed";
import { unpackLzma } from "./lzma.js";

/** The binary of a build. */
export function kernels(wantRelaxed: boolean): Uint8Array {
  // The ends of the plain build and of the relaxed one behind it.
  const ends = new Uint32Array(packed.slice(0, 8).buffer);
  const builds = unpackLzma(packed.subarray(8), ends[wantRelaxed ? 1 : 0]!);
  return wantRelaxed ? builds.subarray(ends[0]) : builds;
}
