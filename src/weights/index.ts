export { fromBfloat16, fromFloat16 } from "./half.js";
export { readNpy, writeNpy } from "./npy.js";
export { type PthOptions, readPth, type WeightsFile } from "./pth.js";
export {
  type ReadWeightsOptions,
  readWeights,
  type TransferProgress,
  type WeightsSource,
} from "./read-weights.js";
export { readSafetensors, type SafetensorsFile } from "./safetensors.js";
export { writeSafetensors } from "./write-safetensors.js";
