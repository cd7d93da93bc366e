import { checkNumber } from "../errors.js";
import { leakyRelu as leakyReluOp } from "../ops/leaky-relu.js";
import { logSoftmax as logSoftmaxOp } from "../ops/log-softmax.js";
import { relu as reluOp } from "../ops/relu.js";
import { relu6 as relu6Op } from "../ops/relu6.js";
import { sigmoid as sigmoidOp } from "../ops/sigmoid.js";
import { softmax as softmaxOp } from "../ops/softmax.js";
import { tanh as tanhOp } from "../ops/tanh.js";
import type { Layer } from "./layer.js";
import { simple } from "./simple.js";

/** max(x, 0) (torch.nn.ReLU). */
export const relu = (...none: []): Layer => simple("ReLU", reluOp, {}, none);

/** min(max(x, 0), 6) (torch.nn.ReLU6). */
export const relu6 = (...none: []): Layer => simple("ReLU6", relu6Op, {}, none);

/** x where positive, `negativeSlope` times x elsewhere (torch.nn.LeakyReLU). */
export function leakyRelu(negativeSlope = 0.01, ...none: []): Layer {
  checkNumber("leakyRelu: the slope", negativeSlope);
  return simple("LeakyReLU", leakyReluOp, { negativeSlope }, none);
}

/** 1 / (1 + e^-x) (torch.nn.Sigmoid). */
export const sigmoid = (...none: []): Layer => simple("Sigmoid", sigmoidOp, {}, none);

/** Hyperbolic tangent (torch.nn.Tanh). */
export const tanh = (...none: []): Layer => simple("Tanh", tanhOp, {}, none);

/** e^x over its sum along the channels (torch.nn.Softmax(dim=1)). For training, end with the scores and a cross-entropy loss instead. */
export const softmax = (...none: []): Layer => simple("Softmax", softmaxOp, {}, none);

/** Logarithm of the softmax along the channels (torch.nn.LogSoftmax(dim=1)). */
export const logSoftmax = (...none: []): Layer => simple("LogSoftmax", logSoftmaxOp, {}, none);
