import { check, checkIs } from "../../errors.js";
import { type Input, toTensor } from "../../functional/call.js";
import type { Image } from "../../image/image.js";
import { toTensor as imageToTensor } from "../../image/to-tensor.js";
import { formatShape, Tensor } from "../../tensor.js";

/** What the demonstrations take as a picture: an image, of which they see the grey from 0 to 1, or numbers [h, w]. */
export type GrayPicture = Image | Input;

/** The picture as a matrix [h, w]. Dimensions of one in front fall away. */
export function grayOf(what: string, picture: GrayPicture): Tensor {
  const isImage = typeof picture === "object" && picture !== null && "channels" in picture;
  const tensor = isImage
    ? imageToTensor(picture, { grayscale: true })
    : numbersOf(`${what}: the picture`, picture, "an image, a Tensor or nested arrays of [h, w]");
  return matrixOf(`${what}: the picture`, tensor);
}

/** A kernel as a matrix [kh, kw]. */
export function kernelOf(what: string, kernel: Input): Tensor {
  const name = `${what}: the kernel`;
  return matrixOf(name, numbersOf(name, kernel, "nested arrays or a Tensor of [kh, kw]"));
}

/** A vector [n] of at least one number. */
export function vectorOf(what: string, values: Input): Tensor {
  const tensor = numbersOf(what, values, "a list of numbers");
  check(
    tensor.shape.length === 1 && tensor.size > 0,
    () => `${what} has shape ${formatShape(tensor.shape)}; it must be a list of at least one number.`,
  );
  return finite(what, tensor);
}

function numbersOf(what: string, values: Input, must: string): Tensor {
  const isList = values instanceof Tensor || Array.isArray(values) || ArrayBuffer.isView(values);
  checkIs(isList, what, values, must);
  return toTensor(values);
}

function matrixOf(what: string, tensor: Tensor): Tensor {
  const { shape, size } = tensor;
  const [h = 0, w = 0] = shape.slice(-2);
  check(
    shape.length >= 2 && h * w === size && size > 0,
    () => `${what} has shape ${formatShape(shape)}; it must be one channel, [height, width].`,
  );
  return finite(what, tensor.reshape(h, w));
}

function finite(what: string, tensor: Tensor): Tensor {
  const stray = tensor.data.find((value) => !Number.isFinite(value));
  check(stray === undefined, () => `${what} holds ${stray}; it must hold finite numbers.`);
  return tensor;
}
