export { fromImageData, toGray, toImageData, toRgb } from "./colour.js";
export { type DecodeOptions, decodeImage } from "./decode.js";
export { centerCrop, crop, pad, resizeToFill, type Sides } from "./geometry.js";
export type { Image } from "./image.js";
export type { Normalization } from "./normalize.js";
export { type PixelSource, toImage } from "./pixels.js";
export { encodePng } from "./png-encode.js";
export {
  isPreprocessing,
  type Preprocessing,
  prepare,
  preparedShape,
  preprocessingFor,
} from "./preprocessing.js";
export { type ImageSource, readImage } from "./read.js";
export { type ResizeMethod, type ResizeOptions, resize } from "./resize.js";
export { type ToTensorOptions, toTensor } from "./to-tensor.js";
