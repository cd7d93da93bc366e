// The kernel interface on one screen. A kernel takes outputs, inputs, constants (all addresses), then a range of units of work.

export { adaptiveAvgPool2d, adaptiveAvgPool2dGradInput } from "./kernels/adaptive-avg-pool2d";
export { adam } from "./kernels/adam";
export { add, addDense } from "./kernels/add";
export { avgPool2d, avgPool2dGradInput } from "./kernels/avg-pool2d";
export {
  batchNorm,
  batchNormGradWeight,
  batchNormInverse,
  batchNormMoments,
  batchNormStatistics,
  batchNormSums,
  batchNormTrainGradInput,
} from "./kernels/batch-norm";
export { channelSum, planeSum } from "./kernels/channel-sum";
export { contract } from "./kernels/contract";
export { block, reshape, unblock } from "./kernels/convert";
export { crossEntropy, crossEntropyGradInput } from "./kernels/cross-entropy";
export { depthwiseConv2d, depthwiseConv2dGradWeight } from "./kernels/depthwise";
export { dropout } from "./kernels/dropout";
export { gradientScale, sumSquares } from "./kernels/gradient-scale";
export { leakyRelu, leakyReluGradInput } from "./kernels/leaky-relu";
export {
  localResponseNorm,
  localResponseNormGradInput,
  localResponseNormShare,
} from "./kernels/local-response-norm";
export { logSoftmax, logSoftmaxGradInput } from "./kernels/log-softmax";
export { maxPool2d, maxPool2dGradInput } from "./kernels/max-pool2d";
export { matmul } from "./kernels/matmul";
export { mse, mseGradInput } from "./kernels/mse";
export { multiply } from "./kernels/multiply";
export { pack, unpack } from "./kernels/pack";
export { pad, padGradInput } from "./kernels/pad";
export { rearrange } from "./kernels/rearrange";
export { argMax, reduce, reduceGradInput } from "./kernels/reduce";
export { relu, reluGradInput } from "./kernels/relu";
export { relu6, relu6GradInput } from "./kernels/relu6";
export { resample } from "./kernels/resample";
export { sgd } from "./kernels/sgd";
export { sigmoid, sigmoidGradInput } from "./kernels/sigmoid";
export { sliceChannels } from "./kernels/slice-channels";
export { softmax, softmaxGradInput } from "./kernels/softmax";
export { sumTo } from "./kernels/sum-to";
export { tanh, tanhGradInput } from "./kernels/tanh";
export { total } from "./kernels/total";
