// Whole networks from ONNX files.

import { check } from "../errors.js";
import { type Image, type Preprocessing, prepare, preparedShape, preprocessingFor } from "../image/index.js";
import type { Model } from "../index.js";
import type { GraphProto } from "../onnx/proto/types.js";
import { sameShape } from "../ops/shape.js";
import { type Shape, Tensor } from "../tensor.js";
import { models } from "../zoo/index.js";
import { downloading } from "./download.js";
import { usualLabels } from "./labels.js";
import type { Opened } from "./model.js";
import { type ReadingOptions, reading } from "./options.js";
import { changed, type PictureOptions } from "./pictures.js";
import { note } from "./terminal.js";
import { originIn } from "./weights.js";

/** What stands for the name of the only input, where nobody says it. */
export const UNNAMED = "";

/** Height and width where nobody says any. */
const USUAL = [224, 224] as const;

/**
 * Opens an ONNX file. Pictures are prepared as for torchvision's networks, unless the options say otherwise.
 * @param shapes of inputs, for sizes that the file leaves open
 */
export async function openOnnx(
  path: string,
  options: PictureOptions & ReadingOptions & { readonly direct?: boolean | undefined },
  labels: readonly string[] | undefined,
  shapes: Readonly<Record<string, Shape>> = {},
): Promise<Opened> {
  const { modelOf, readOnnx } = await import("../onnx/import.js");
  const source = await downloading(path, (fetching) => readOnnx(path, { ...reading(options), ...fetching }));
  const { graph, metadataProps } = source.proto;
  const given = graph ? filled(path, graph, shapes, options) : {};
  // Most commands predict once.
  const model = await modelOf(source, { shapes: given, warm: false, winograd: !options.direct });
  const [outputs = 0] = model.outputShape;
  check(
    labels === undefined || labels.length === outputs,
    () => `There are ${labels!.length} labels, but ${path} has ${outputs} outputs.`,
  );
  const origin = originIn(Object.fromEntries(metadataProps.map(({ key = "", value }) => [key, value])));
  const own = model.classes.length > 0 ? model.classes : undefined;
  model.classes = labels ?? own ?? usualLabels(outputs);
  const found = preprocessingOf(model, options, origin.preprocessing);
  if (found) {
    const { preprocessing, isLast } = found;
    model.prepare = (picture) => {
      const input = prepare(picture as Image, preprocessing);
      return isLast ? channelsLast(input) : input;
    };
  }
  return {
    name: path,
    zooName: origin.name,
    model,
    preprocessing: found?.preprocessing,
    isGuess: found?.isGuess ?? true,
    isOwn: false,
  };
}

/** Shapes of the inputs that have sizes left open: as given, or as photographs are. */
function filled(
  path: string,
  { input, initializer }: GraphProto,
  shapes: Readonly<Record<string, Shape>>,
  { size }: PictureOptions,
): Record<string, Shape> {
  const weights = new Set(initializer.map(({ name }) => name));
  const [height, width] = size ?? USUAL;
  const result: Record<string, Shape> = {};
  for (const { name = "", type } of input) {
    const dims = type?.tensorType?.shape?.dim.map(({ dimValue }) => dimValue);
    if (weights.has(name) || !dims?.slice(1).some((size) => size === undefined)) continue;
    const photograph = dims[3] === 3 ? [1, height, width, 3] : [1, 3, height, width];
    const given = shapes[name] ?? shapes[UNNAMED] ?? (dims.length === 4 ? photograph : undefined);
    if (given === photograph && !size)
      note(
        `${path} leaves sizes of its input "${name}" open; it is taken to be ${height} × ${width} pixels. ` +
          "Give others as --size or --shape.",
      );
    if (given?.length === dims.length) result[name] = given.map((size, d) => dims[d] ?? size);
  }
  return result;
}

/** What pictures go through for the one input, [c, h, w] or, as TensorFlow has it, [h, w, c]. */
function preprocessingOf(
  { ports, inputShape }: Model,
  options: PictureOptions,
  known: Preprocessing | undefined,
): { preprocessing: Preprocessing; isLast: boolean; isGuess: boolean } | undefined {
  if (ports.length !== 1 || inputShape.length < 3) return undefined;
  const [a, b, c] = inputShape.slice(-3) as [number, number, number];
  const isLast = a > 4 && c <= 4;
  const shape = isLast ? [c, a, b] : [a, b, c];
  if (known && !isLast && sameShape(preparedShape(known), shape))
    return { preprocessing: changed(known, options), isLast, isGuess: false };
  const photographs = models.resnet18!.preprocessing!;
  const usual = preprocessingFor(photographs, shape);
  return usual && { preprocessing: changed(usual, options), isLast, isGuess: true };
}

/** [1, c, h, w] as [1, h, w, c]. */
function channelsLast({ data, shape }: Tensor): Tensor {
  const [, c, h, w] = shape as [number, number, number, number];
  const values = new Float32Array(data.length);
  for (let k = 0; k < c; k++) for (let i = 0; i < h * w; i++) values[i * c + k] = data[k * h * w + i]!;
  return new Tensor(values, [1, h, w, c]);
}
