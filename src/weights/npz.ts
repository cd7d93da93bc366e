import { check } from "../errors.js";
import { unpack } from "../platform/unpack.js";
import type { Tensor } from "../tensor.js";
import { readNpy } from "./npy.js";
import type { WeightsFile } from "./pth.js";
import { readZip } from "./zip.js";

const SUFFIX = ".npy";
/** Weights hardly shrink; a file that grows more than this is made to fill the memory. */
const GROWTH = 64;

/**
 * Reads the arrays of numpy's `savez` and `savez_compressed`, by name. Values become float32 as in {@link readNpy}.
 * @param name of the file, for errors
 */
export async function openNpz(file: Uint8Array, name: string): Promise<WeightsFile> {
  const tensors = new Map<string, Tensor>();
  let room = GROWTH * file.length;
  for (const [path, { bytes, deflated, size }] of readZip(file, name)) {
    const what = `${name}: ${path}`;
    room -= size;
    check(
      room >= 0,
      () => `${what} would unpack to ${size} bytes, more than weights do. The file is damaged.`,
    );
    let npy = bytes;
    if (deflated) {
      const { data, more } = await unpack([bytes], "deflate-raw", size, what);
      check(
        !more && data.length === size,
        () => `${what} does not unpack to the ${size} bytes that it claims.`,
      );
      npy = data;
    }
    tensors.set(path.slice(0, -SUFFIX.length), readNpy(npy, what));
  }
  return { tensors, metadata: {} };
}
