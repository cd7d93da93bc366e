import "../wasm/inline.js";

import type { ZooModel } from "./entry.js";
import { lenetModels } from "./lenet.js";

export type { ZooOptions } from "./create.js";
export type { Recipe, ZooModel } from "./entry.js";
export { lenet5, lenet5Layers } from "./lenet.js";

/** The networks by their names on the command line, torchvision's where it has them. */
export const models: Readonly<Record<string, ZooModel>> = {
  ...lenetModels,
};
