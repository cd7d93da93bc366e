import { overChannels } from "./over-channels.js";

/** e^x over its sum along the channels, for [n, c], [n, c, l] and [n, c, h, w]. */
export const softmax = overChannels({ name: "softmax", flops: 20 });
