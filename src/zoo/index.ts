import "../wasm/inline.js";

import type { Network } from "../layers/containers.js";
import type { BuildOptions, Model } from "../layers/model.js";
import type { Shape } from "../tensor.js";
import { lenet5Layers } from "./lenet.js";

export { lenet5Layers } from "./lenet.js";

/** How to make a network of the zoo. */
export interface ZooOptions extends BuildOptions {
  /** Weights to start from: a path, an address, or bytes of a safetensors file. */
  weights?: string | Uint8Array | ArrayBuffer | Blob;
  /** Shape of one input, [c, h, w]. Default: what the network was designed for. */
  inputShape?: Shape;
}

/** A network of the zoo. */
export interface ZooModel {
  /** As people write it. */
  readonly title: string;
  /** Shape of one input, [c, h, w]. */
  readonly inputShape: Shape;
  /** Makes it, with an output for each class. */
  create(options?: ZooOptions): Promise<Model>;
  /** With Adam and one cycle of the learning rate up to `lr`, it learns well. */
  readonly recipe: { readonly epochs: number; readonly batchSize: number; readonly lr: number };
}

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** LeNet-5: see {@link lenet5Layers}. Its outputs are the ten digits unless `classes` are given. */
export function lenet5({
  classes = DIGITS,
  inputShape = [1, 32, 32],
  ...options
}: ZooOptions = {}): Promise<Model> {
  return build(lenet5Layers(classes.length), inputShape, { classes, ...options });
}

/** The networks by their names on the command line. */
export const models: Readonly<Record<string, ZooModel>> = {
  lenet5: {
    title: "LeNet-5",
    inputShape: [1, 32, 32],
    create: lenet5,
    recipe: { epochs: 5, batchSize: 64, lr: 0.01 },
  },
};

async function build(
  network: Network,
  inputShape: Shape,
  { weights, ...options }: Omit<ZooOptions, "inputShape">,
): Promise<Model> {
  const model = await network.build(inputShape, options);
  try {
    if (weights !== undefined) await model.load(weights);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}
