// In place of pth.ts in featuremap.min.js, which is to stay small.

import { FeatureMapError } from "../errors.js";

export function openPth(_file: Uint8Array, name: string): never {
  throw new FeatureMapError(
    `${name} is a file of torch.save, which featuremap.min.js does not read. Use featuremap.all.min.js or the entry ` +
      "featuremap/weights, or give a safetensors file.",
  );
}

export function readPth(_bytes: Uint8Array | ArrayBuffer, name = "pth"): never {
  return openPth(new Uint8Array(), name);
}
