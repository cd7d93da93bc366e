import type { PeerName } from "../job.js";
import type { Contender } from "./contender.js";
import { featuremap, onOneThread } from "./featuremap.js";
import { litert } from "./litert.js";
import { ortNative, ortWeb } from "./onnxruntime.js";
import { tfjs } from "./tfjs.js";
import { torchEager, torchTraced } from "./torch.js";

export const contenders: Readonly<Record<PeerName, Contender>> = {
  featuremap,
  "featuremap-1": onOneThread,
  ort: ortWeb,
  tfjs,
  litert,
  "ort-native": ortNative,
  torch: torchEager,
  "torch-traced": torchTraced,
};
