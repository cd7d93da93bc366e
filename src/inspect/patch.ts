import type { Image } from "../image/image.js";
import { type Normalization, perChannel } from "../image/normalize.js";
import { sizes4 } from "../ops/op.js";
import type { Tensor } from "../tensor.js";
import { extentOf } from "./scale.js";
import type { PixelWindow } from "./seen.js";

/**
 * A window of an input [1, c, h, w] as a picture in RGBA, transparent beyond the input's borders. Three channels are red,
 * green and blue; of any other number the mean is grey.
 * @param normalization what the input was normalised with; without it the sample's least number is black and its
 * largest white
 */
export function cutOut(
  what: string,
  input: Tensor,
  window: PixelWindow,
  normalization: Normalization | undefined,
): Image {
  const [, c, h, w] = sizes4(input.shape);
  const { data } = input;
  const { mean = 0, std = 1 } = normalization ?? stretch(data);
  const [means, stds] = [perChannel(what, "mean", mean, c), perChannel(what, "std", std, c)];
  const level = (k: number, at: number): number => data[k * h * w + at]! * stds[k]! + means[k]!;
  const [width, height] = [window.right - window.left, window.bottom - window.top];
  const samples = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [row, column] = [window.top + y, window.left + x];
      if (row < 0 || row >= h || column < 0 || column >= w) continue;
      const levels = Array.from({ length: c }, (_, k) => 255 * level(k, row * w + column));
      const rgb = c === 3 ? levels : Array<number>(3).fill(levels.reduce((a, b) => a + b, 0) / c);
      samples.set([...rgb, 255], 4 * (y * width + x));
    }
  }
  return { width, height, channels: 4, data: new Uint8Array(samples.buffer) };
}

/** What makes numbers from the least to the largest 0 to 1. */
function stretch(data: Float32Array): { mean: number; std: number } {
  const [least, most] = extentOf(data) ?? [0, 0];
  const span = most - least || 1;
  return { mean: -least / span, std: 1 / span };
}
