// The kernel interface on one screen. A kernel takes outputs, inputs, constants (all addresses), then a range of units of work.

export { abs, absGradInput } from "./kernels/abs";
export { adam } from "./kernels/adam";
export { adaptiveAvgPool2d, adaptiveAvgPool2dGradInput } from "./kernels/adaptive-avg-pool2d";
export { add } from "./kernels/add";
export { avgPool2d, avgPool2dGradInput } from "./kernels/avg-pool2d";
export {
  batchNorm,
  batchNormFold,
  batchNormGradWeight,
  batchNormInverse,
  batchNormMoments,
  batchNormStatistics,
  batchNormSums,
  batchNormTrainGradInput,
} from "./kernels/batch-norm";
export { ceil } from "./kernels/ceil";
export { channelSum, planeSum } from "./kernels/channel-sum";
export { clip, clipGradInput } from "./kernels/clip";
export { contract } from "./kernels/contract";
export { contractVector } from "./kernels/contract-vector";
export { contractVectorInt16, packInt16 } from "./kernels/contract-vector-int16";
export { block, reshape, unblock } from "./kernels/convert";
export { crossEntropy, crossEntropyGradInput } from "./kernels/cross-entropy";
export { depthwiseConv2d, depthwiseConv2dGradWeight } from "./kernels/depthwise";
export { divide } from "./kernels/divide";
export { dropout } from "./kernels/dropout";
export { elu, eluGradInput } from "./kernels/elu";
export { erf } from "./kernels/erf";
export { exp } from "./kernels/exp";
export { floor } from "./kernels/floor";
export { gelu, geluGradInput } from "./kernels/gelu";
export { gradientScale, sumSquares } from "./kernels/gradient-scale";
export { leakyRelu, leakyReluGradInput } from "./kernels/leaky-relu";
export {
  localResponseNorm,
  localResponseNormGradInput,
  localResponseNormShare,
} from "./kernels/local-response-norm";
export { log } from "./kernels/log";
export { logSoftmax, logSoftmaxGradInput } from "./kernels/log-softmax";
export { matmul } from "./kernels/matmul";
export { maxPoolIndices } from "./kernels/max-pool-indices";
export { maxPool2d, maxPool2dGradInput } from "./kernels/max-pool2d";
export { maximum, maximumGradInput } from "./kernels/maximum";
export { minimum } from "./kernels/minimum";
export { mse, mseGradInput } from "./kernels/mse";
export { multiply } from "./kernels/multiply";
export { pack, unpack } from "./kernels/pack";
export { pad, padAround, padGradInput } from "./kernels/pad";
export { power, powerGradExponent } from "./kernels/power";
export { prelu, preluSlope } from "./kernels/prelu";
export { rearrange } from "./kernels/rearrange";
export { argMax, reduce, reduceGradInput } from "./kernels/reduce";
export { relu, reluGradInput } from "./kernels/relu";
export { relu6, relu6GradInput } from "./kernels/relu6";
export { resample } from "./kernels/resample";
export { round } from "./kernels/round";
export { sgd } from "./kernels/sgd";
export { sigmoid, sigmoidGradInput } from "./kernels/sigmoid";
export { sliceChannels } from "./kernels/slice-channels";
export { softmax, softmaxGradInput } from "./kernels/softmax";
export { softplus } from "./kernels/softplus";
export { sqrt } from "./kernels/sqrt";
export { subtract } from "./kernels/subtract";
export { sumTo } from "./kernels/sum-to";
export { tanh, tanhGradInput } from "./kernels/tanh";
export { total } from "./kernels/total";
export { trunc } from "./kernels/trunc";
export {
  winograd2,
  winograd2at2,
  winograd2of5,
  winograd3of4,
  winograd4,
  winogradInput,
} from "./kernels/winograd";
export { winogradWeights } from "./kernels/winograd-weights";
export { winogradStem, winogradStemWeights } from "./kernels/winograd-stem";
export { winograd4Grad, winograd4GradWeight } from "./kernels/winograd-grad-weight";
