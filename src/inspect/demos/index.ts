export { type AppliedKernels, applyKernels } from "./apply-kernels.js";
export {
  type ConvolutionArithmetic,
  type ConvolutionArithmeticOptions,
  convolutionArithmetic,
} from "./convolution-arithmetic.js";
export { type CorrelationAndConvolution, correlationAndConvolution } from "./correlation-and-convolution.js";
export {
  type EquivariantLinearMap,
  type EquivariantLinearMapOptions,
  equivariantLinearMap,
} from "./equivariant-linear-map.js";
export { kernels } from "./kernels.js";
export { type PaddingModes, paddingModes } from "./padding-modes.js";
export type { GrayPicture } from "./picture.js";
export { type PolynomialProduct, polynomialProduct } from "./polynomial-product.js";
export {
  type PoolingKind,
  type PoolingWindows,
  type PoolingWindowsOptions,
  poolingWindows,
} from "./pooling-windows.js";
export { type ReceptiveGrowth, type ReceptiveStep, receptiveGrowth } from "./receptive-growth.js";
export {
  type ConvolutionCost,
  type SeparableCost,
  type SeparableCostOptions,
  separableCost,
} from "./separable-cost.js";
export { type SeparableKernel, separableKernel } from "./separable-kernel.js";
export {
  type MeasuredShift,
  type ShiftEquivariance,
  type ShiftEquivarianceOptions,
  shiftEquivariance,
} from "./shift-equivariance.js";
export type { Deviation, Rectangle } from "./shifting.js";
export {
  type StrideAsSubsampling,
  type StrideOptions,
  strideAsSubsampling,
} from "./stride-as-subsampling.js";
