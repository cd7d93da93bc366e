import { check } from "../errors.js";
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
export const relu = (): Layer => simple("ReLU", reluOp, {});

/** min(max(x, 0), 6) (torch.nn.ReLU6). */
export const relu6 = (): Layer => simple("ReLU6", relu6Op, {});

/** x where positive, `negativeSlope` times x elsewhere (torch.nn.LeakyReLU). */
export function leakyRelu(negativeSlope = 0.01): Layer {
  check(
    Number.isFinite(negativeSlope),
    () => `leakyRelu: the slope is ${negativeSlope}; it must be a number.`,
  );
  return simple("LeakyReLU", leakyReluOp, { negativeSlope });
}

/** 1 / (1 + e^-x) (torch.nn.Sigmoid). */
export const sigmoid = (): Layer => simple("Sigmoid", sigmoidOp, {});

/** Hyperbolic tangent (torch.nn.Tanh). */
export const tanh = (): Layer => simple("Tanh", tanhOp, {});

/** e^x over its sum along the channels (torch.nn.Softmax(dim=1)). For training, end with the scores and a cross-entropy loss instead. */
export const softmax = (): Layer => simple("Softmax", softmaxOp, {});

/** Logarithm of the softmax along the channels (torch.nn.LogSoftmax(dim=1)). */
export const logSoftmax = (): Layer => simple("LogSoftmax", logSoftmaxOp, {});
