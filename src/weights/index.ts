export { fromBfloat16, fromFloat16 } from "./half.js";
export { readNpy, writeNpy } from "./npy.js";
export { type PthOptions, readPth, type WeightsFile } from "./pth.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";
