import "../wasm/inline.js";

import type { BuildOptions, Model } from "../layers/model.js";
import { lenet5Layers } from "./lenet.js";

export { lenet5Layers } from "./lenet.js";

/** How to make a network of the zoo. */
export interface ZooOptions extends BuildOptions {
  /** Weights to start from: a path, an address, or bytes of a safetensors file. */
  weights?: string | Uint8Array | ArrayBuffer | Blob;
}

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** LeNet-5: see {@link lenet5Layers}. */
export async function lenet5(options: ZooOptions = {}): Promise<Model> {
  const { weights, ...build } = options;
  const model = await lenet5Layers().build([1, 32, 32], { classes: DIGITS, ...build });
  if (weights !== undefined) {
    try {
      await model.load(weights);
    } catch (error) {
      model.dispose();
      throw error;
    }
  }
  return model;
}
