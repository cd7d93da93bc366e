import { checkFlags, checkNoMore, checkNumber, checkOptions } from "../errors.js";
import { batchNorm as evaluateOp, batchNormTrain as trainOp } from "../ops/batch-norm.js";
import { dropout as dropoutOp } from "../ops/dropout.js";
import { instanceNorm } from "../ops/instance-norm.js";
import { checkLocalResponseNorm, localResponseNorm as lrnOp } from "../ops/local-response-norm.js";
import { constant } from "./init.js";
import type { Layer } from "./layer.js";
import { simple } from "./simple.js";

export interface BatchNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Weight of the new batch in the running statistics. Default 0.1. */
  momentum?: number;
  /** Learn a scale and a shift for each channel. Default true. */
  affine?: boolean;
}

/**
 * Batch normalisation over n, h, w (torch.nn.BatchNorm2d; Ioffe and Szegedy, 2015): by the statistics of the batch in
 * training, by the running ones otherwise. Also for [n, c] and [n, c, l].
 */
export function batchNorm2d(options: BatchNormOptions = {}): Layer {
  checkOptions("batchNorm2d", options, ["eps", "momentum", "affine"]);
  const { eps = 1e-5, momentum = 0.1, affine = true } = options;
  checkNumber("batchNorm2d: eps", eps, { above: 0 });
  checkNumber("batchNorm2d: momentum", momentum, { min: 0, max: 1 });
  checkFlags("batchNorm2d", { affine });
  return {
    type: "BatchNorm2d",
    apply(scope, x) {
      const c = x.shape[1]!;
      const weight = affine ? scope.parameter("weight", [c], constant(1)) : null;
      const bias = affine ? scope.parameter("bias", [c], constant(0)) : null;
      const mean = scope.buffer("running_mean", [c], constant(0));
      const variance = scope.buffer("running_var", [c], constant(1));
      const batches = scope.buffer("num_batches_tracked", [], constant(0));
      return scope.training
        ? scope.op(trainOp, [x, weight, bias, mean, variance, batches], { eps, momentum })
        : scope.op(evaluateOp, [x, weight, bias, mean, variance], { eps });
    },
  };
}

export interface InstanceNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Learn a scale and a shift for each channel. Default false, as in torch. */
  affine?: boolean;
}

/**
 * Normalisation of each channel of each image by its own mean and variance (torch.nn.InstanceNorm2d; Ulyanov et al.,
 * 2016), in training and otherwise. Also for [n, c, l].
 */
export function instanceNorm2d(options: InstanceNormOptions = {}): Layer {
  checkOptions("instanceNorm2d", options, ["eps", "affine"]);
  const { eps = 1e-5, affine = false } = options;
  checkNumber("instanceNorm2d: eps", eps, { above: 0 });
  checkFlags("instanceNorm2d", { affine });
  return {
    type: "InstanceNorm2d",
    apply(scope, x) {
      const c = x.shape[1]!;
      const weight = affine ? scope.parameter("weight", [c], constant(1)) : null;
      const bias = affine ? scope.parameter("bias", [c], constant(0)) : null;
      return instanceNorm(scope.graph, x, weight, bias, eps);
    },
  };
}

export interface LocalResponseNormOptions {
  /** Default 1e-4. */
  alpha?: number;
  /** Default 0.75. */
  beta?: number;
  /** Default 1. */
  k?: number;
}

/**
 * x / (k + alpha / size * sum of the squares of `size` neighbouring channels)^beta (torch.nn.LocalResponseNorm;
 * Krizhevsky et al., 2012).
 */
export function localResponseNorm(size: number, options: LocalResponseNormOptions = {}): Layer {
  checkOptions("localResponseNorm", options, ["alpha", "beta", "k"]);
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  const attrs = { size, alpha, beta, k };
  checkLocalResponseNorm(attrs);
  return simple("LocalResponseNorm", lrnOp, attrs, []);
}

/**
 * In training, zeroes each element with probability p and scales the others by 1 / (1 - p) (torch.nn.Dropout;
 * Srivastava et al., 2014). Otherwise the input itself.
 */
export function dropout(p = 0.5, ...none: []): Layer {
  checkNumber("dropout: p", p, { min: 0, max: 1 });
  checkNoMore("dropout", none);
  return {
    type: "Dropout",
    apply(scope, x) {
      if (!scope.training || p === 0) return x;
      const { value, salt } = scope.random();
      return scope.op(dropoutOp, [x, value], { p, salt });
    },
  };
}
