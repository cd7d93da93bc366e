import { Tensor } from "featuremap/functional";
import { type Image, toTensor } from "featuremap/image";

export const CHANNELS = ["red", "green", "blue"] as const;

/** A picture as numbers from 0 to 255, as pixels are stored: [1, h, w] grey or [3, h, w] in colour. */
export function numbersOf(image: Image, inColour: boolean): Tensor {
  const { data, shape } = toTensor(image, { grayscale: !inColour });
  return new Tensor(
    data.map((share) => Math.round(255 * share)),
    shape.slice(1),
  );
}
