// The kernel interface on one screen. A kernel takes outputs, inputs, constants (all addresses), then a range of units of work.

export { add, addDense } from "./kernels/add";
export {
  batchNorm,
  batchNormGradWeight,
  batchNormInverse,
  batchNormMoments,
  batchNormStatistics,
  batchNormSums,
  batchNormTrainGradInput,
} from "./kernels/batch-norm";
export { block, reshape, unblock } from "./kernels/convert";
export { contract } from "./kernels/contract";
export { channelSum, planeSum } from "./kernels/channel-sum";
export { pack, unpack } from "./kernels/pack";
export { pad, padGradInput } from "./kernels/pad";
export { relu, reluGradInput } from "./kernels/relu";
export { sgd } from "./kernels/sgd";
export { sigmoid, sigmoidGradInput } from "./kernels/sigmoid";
