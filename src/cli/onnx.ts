// Whole networks from ONNX files.

import { readFile } from "#platform";
import { check } from "../errors.js";
import { type Image, type Preprocessing, prepare, preprocessingFor } from "../image/index.js";
import type { Model } from "../index.js";
import { Tensor } from "../tensor.js";
import { models } from "../zoo/index.js";
import { usualLabels } from "./labels.js";
import type { Opened } from "./model.js";
import { changed, type PictureOptions } from "./pictures.js";

/** Opens an ONNX file. Pictures are prepared as for torchvision's networks, unless the options say otherwise. */
export async function openOnnx(
  path: string,
  options: PictureOptions,
  labels: readonly string[] | undefined,
): Promise<Opened> {
  const { importOnnx } = (await import("../onnx/index.js")) as unknown as {
    importOnnx?: (bytes: Uint8Array) => Promise<Model>;
  };
  check(importOnnx, "ONNX files cannot be read yet.");
  const model = await importOnnx(await readFile(path));
  const [outputs = 0] = model.outputShape;
  check(
    labels === undefined || labels.length === outputs,
    () => `There are ${labels!.length} labels, but ${path} has ${outputs} outputs.`,
  );
  if (labels) model.classes = labels;
  else if (model.classes.length === 0) model.classes = usualLabels(outputs);
  const found = preprocessingOf(model, options);
  if (found) {
    const { preprocessing, isLast } = found;
    model.prepare = (picture) => {
      const input = prepare(picture as Image, preprocessing);
      return isLast ? channelsLast(input) : input;
    };
  }
  return { name: path, model, preprocessing: found?.preprocessing, isGuess: true, isOwn: false };
}

/** What pictures go through for the one input, [c, h, w] or, as TensorFlow has it, [h, w, c]. */
function preprocessingOf(
  { ports, inputShape }: Model,
  options: PictureOptions,
): { preprocessing: Preprocessing; isLast: boolean } | undefined {
  if (ports.length !== 1 || inputShape.length < 3) return undefined;
  const [a, b, c] = inputShape.slice(-3) as [number, number, number];
  const isLast = a > 4 && c <= 4;
  const shape = isLast ? [c, a, b] : [a, b, c];
  const photographs = models.resnet18!.preprocessing!;
  const usual = preprocessingFor(photographs, shape);
  return usual && { preprocessing: changed(usual, options), isLast };
}

/** [1, c, h, w] as [1, h, w, c]. */
function channelsLast({ data, shape }: Tensor): Tensor {
  const [, c, h, w] = shape as [number, number, number, number];
  const values = new Float32Array(data.length);
  for (let k = 0; k < c; k++) for (let i = 0; i < h * w; i++) values[i * c + k] = data[k * h * w + i]!;
  return new Tensor(values, [1, h, w, c]);
}
