import { checkFlags, checkOptions } from "../errors.js";
import { Tensor } from "../tensor.js";
import { toGray, toRgb } from "./colour.js";
import { checkImage, type Image } from "./image.js";
import { byteTables, type Normalization } from "./normalize.js";

export interface ToTensorOptions extends Normalization {
  /** true for one channel, false for three; as the picture has if left out. */
  readonly grayscale?: boolean;
}

/** A picture as network input `[1, channels, height, width]`: `(sample / 255 - mean) / std`. Opacity is laid on white. */
export function toTensor(image: Image, options: ToTensorOptions = {}): Tensor {
  checkImage("toTensor", image);
  checkOptions("toTensor", options, ["mean", "std", "grayscale"]);
  const { grayscale = image.channels === 1 } = options;
  checkFlags("toTensor", { grayscale });
  const { width, height, channels, data } = grayscale ? toGray(image) : toRgb(image);
  const tables = byteTables("toTensor", channels, options);
  const area = width * height;
  const values = new Float32Array(channels * area);
  for (const [c, table] of tables.entries()) {
    for (let i = 0; i < area; i++) values[c * area + i] = table[data[i * channels + c]!]!;
  }
  return new Tensor(values, [1, channels, height, width]);
}
