import { overChannels } from "./over-channels.js";

/** The logarithm of the softmax along the channels, for [n, c], [n, c, l] and [n, c, h, w]. */
export const logSoftmax = overChannels({ name: "logSoftmax", flops: 20 });
