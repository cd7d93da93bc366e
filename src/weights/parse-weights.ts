import { check } from "../errors.js";
import { isNpy, readNpy } from "./npy.js";
import { openNpz } from "./npz.js";
import type { WeightsFile } from "./pth.js";
import { isPth } from "./pth-forms.js";
import { openSafetensors } from "./safetensors.js";
import { isZip, readZip } from "./zip.js";

/**
 * Reads a file of weights of any format, known by its first bytes.
 * @param own whether the file's bytes are nobody else's: then tensors may be views of them
 * @returns what gives the weights, or one of several sets of them: a file is sound even if that fails
 */
export async function parseWeights(
  file: Uint8Array,
  name: string,
  own: boolean,
): Promise<(key?: string) => WeightsFile> {
  const whole = (weights: WeightsFile) => (key?: string) => {
    check(
      key === undefined,
      () => `${name}: the option key is for files of torch.save; this is none. Leave it out.`,
    );
    return weights;
  };
  check(file.length > 0, () => `${name} is empty: it has no bytes. Fetch or save it again.`);
  if (isZip(file) && isNpz(file, name)) return whole(await openNpz(file, name));
  if (isPth(file)) {
    const { openPth } = await import("./pth.js");
    return openPth(file, name, own);
  }
  if (isNpy(file)) return whole({ tensors: new Map([["array", readNpy(file, name)]]), metadata: {} });
  check(
    !isText(file),
    () =>
      `${name} is a text or a page (it begins with ${JSON.stringify(beginning(file))}), not weights. Check the address or path.`,
  );
  check(
    !isForeign(file),
    () =>
      `${name} is in no format that can be read: safetensors, torch.save's, npy and npz. ` +
      (foreign.find(([start]) => beginning(file).startsWith(start))?.[1] ?? "Convert it to safetensors."),
  );
  return whole(openSafetensors(file, name, own));
}

/** What else weights are often kept in, by how that begins. */
const foreign: readonly (readonly [string, string])[] = [
  ["\x80", "It is a bare pickle: read it in Python, and save its tensors by torch.save or safetensors."],
  ["\x89HDF", "It is HDF5, as Keras has it: read it in Python, and save its arrays by numpy.savez."],
  ["\x08", "If it is ONNX, use importOnnx of featuremap/onnx."],
];

/** A safetensors file begins with the length of its header, 64 bits, little-endian: never of terabytes. */
function isForeign(file: Uint8Array): boolean {
  return file.length >= 8 && file.subarray(5, 8).some((byte) => byte !== 0);
}

/** numpy's savez writes a zip file of npy files. */
function isNpz(file: Uint8Array, name: string): boolean {
  const names = [...readZip(file, name).keys()];
  return names.length > 0 && names.every((entry) => entry.endsWith(".npy"));
}

/** A web page, JSON, or the pointer that git LFS leaves in place of a file: none begins like a format of weights. */
function isText(file: Uint8Array): boolean {
  return /^[\t\n\r\x20-\x7e]{1,16}$/.test(beginning(file));
}

function beginning(file: Uint8Array): string {
  return String.fromCharCode(...file.subarray(0, 16));
}
