import { checkCount, checkNoMore, checkNumber } from "../errors.js";
import { checkBounds, clip } from "../ops/clip.js";
import { elu as eluOp } from "../ops/elu.js";
import { checkApproximate, type GeluAttrs, gelu as geluOp } from "../ops/gelu.js";
import { hardSigmoid as hardSigmoidOp } from "../ops/hard-sigmoid.js";
import { hardSwish as hardSwishOp } from "../ops/hard-swish.js";
import { leakyRelu as leakyReluOp } from "../ops/leaky-relu.js";
import { logSoftmax as logSoftmaxOp } from "../ops/log-softmax.js";
import { learnedRelu } from "../ops/prelu.js";
import { relu as reluOp } from "../ops/relu.js";
import { relu6 as relu6Op } from "../ops/relu6.js";
import { SELU_ALPHA, SELU_GAMMA, selu as seluOp } from "../ops/selu.js";
import { sigmoid as sigmoidOp } from "../ops/sigmoid.js";
import { silu as siluOp } from "../ops/silu.js";
import { softmax as softmaxOp } from "../ops/softmax.js";
import { softplus as softplusOp } from "../ops/softplus.js";
import { tanh as tanhOp } from "../ops/tanh.js";
import { constant } from "./init.js";
import type { Layer } from "./layer.js";
import { composed, simple } from "./simple.js";

/** max(x, 0) (torch.nn.ReLU). */
export const relu = (...none: []): Layer => simple("ReLU", reluOp, {}, none);

/** min(max(x, 0), 6) (torch.nn.ReLU6). */
export const relu6 = (...none: []): Layer => simple("ReLU6", relu6Op, {}, none);

/** x where positive, `negativeSlope` times x elsewhere (torch.nn.LeakyReLU). */
export function leakyRelu(negativeSlope = 0.01, ...none: []): Layer {
  checkNumber("leakyRelu: the slope", negativeSlope);
  return simple("LeakyReLU", leakyReluOp, { negativeSlope }, none);
}

/**
 * x where positive, a learned slope times x elsewhere (torch.nn.PReLU; He et al., 2015): one slope for all, or as many
 * as the input has channels. `init`: where the slopes begin.
 */
export function prelu(numParameters = 1, init = 0.25, ...none: []): Layer {
  checkCount("prelu: the number of slopes", numParameters);
  checkNumber("prelu: the initial slope", init);
  checkNoMore("prelu", none);
  return {
    type: "PReLU",
    apply: (scope, x) =>
      learnedRelu(scope.graph, x, scope.parameter("weight", [numParameters], constant(init))),
  };
}

/** x where positive, alpha (e^x - 1) elsewhere (torch.nn.ELU; Clevert et al., 2015). */
export function elu(alpha = 1, ...none: []): Layer {
  checkNumber("elu: alpha", alpha);
  return simple("ELU", eluOp, { alpha }, none);
}

/** elu with the alpha and the scale that keep mean and variance (torch.nn.SELU; Klambauer et al., 2017). */
export const selu = (...none: []): Layer =>
  simple("SELU", seluOp, { alpha: SELU_ALPHA, gamma: SELU_GAMMA }, none);

/** x times the part of the normal distribution below x (torch.nn.GELU; Hendrycks and Gimpel, 2016), or "tanh" in place of it. */
export function gelu(approximate: GeluAttrs["approximate"] = "none", ...none: []): Layer {
  checkApproximate(approximate);
  return composed("GELU", (graph, x) => geluOp(graph, x, { approximate }), none);
}

/** x sigmoid(x) (torch.nn.SiLU), also known as swish. */
export const silu = (...none: []): Layer => composed("SiLU", siluOp, none);

/** x min(max(x + 3, 0), 6) / 6 (torch.nn.Hardswish; Howard et al., 2019). */
export const hardSwish = (...none: []): Layer => composed("Hardswish", hardSwishOp, none);

/** min(max(x + 3, 0), 6) / 6 (torch.nn.Hardsigmoid). */
export const hardSigmoid = (...none: []): Layer =>
  simple("Hardsigmoid", hardSigmoidOp, { alpha: 1 / 6, beta: 0.5 }, none);

/** min(max(x, min), max) (torch.nn.Hardtanh). */
export function hardtanh(min = -1, max = 1, ...none: []): Layer {
  checkBounds("hardtanh", min, max);
  return simple("Hardtanh", clip, { min, max }, none);
}

/** ln(1 + e^(beta x)) / beta (torch.nn.Softplus). */
export function softplus(beta = 1, ...none: []): Layer {
  checkNumber("softplus: beta", beta, { above: 0 });
  return simple("Softplus", softplusOp, { beta }, none);
}

/** 1 / (1 + e^-x) (torch.nn.Sigmoid). */
export const sigmoid = (...none: []): Layer => simple("Sigmoid", sigmoidOp, {}, none);

/** Hyperbolic tangent (torch.nn.Tanh). */
export const tanh = (...none: []): Layer => simple("Tanh", tanhOp, {}, none);

/** e^x over its sum along the channels (torch.nn.Softmax(dim=1)). For training, end with the scores and a cross-entropy loss instead. */
export const softmax = (...none: []): Layer => simple("Softmax", softmaxOp, {}, none);

/** Logarithm of the softmax along the channels (torch.nn.LogSoftmax(dim=1)). */
export const logSoftmax = (...none: []): Layer => simple("LogSoftmax", logSoftmaxOp, {}, none);
