// What a unit of a layer sees of the picture.

import type { Image } from "../../image/index.js";
import {
  effectiveReceptiveField,
  effectiveReceptiveFieldFigure,
  type Figure,
  type PixelWindow,
  receptiveField,
  type UnitField,
} from "../../inspect/index.js";
import { inputPicture } from "../../inspect/report/picture.js";
import type { Tensor } from "../../tensor.js";
import { layerNamed } from "./layers.js";
import type { Subject, View } from "./view.js";
import { working } from "./working.js";

/** The part of the picture that a unit depends on and, where the weights are known, how strongly. */
export async function receptiveFieldView(
  { model, name, picture, isTrained }: Subject,
  layer: string,
  given: readonly [number, number] | undefined,
  channel: number | undefined,
): Promise<View> {
  layerNamed(model, layer);
  const { units } = receptiveField(model, layer);
  const unit = given ?? ([Math.floor(units[0] / 2), Math.floor(units[1] / 2)] as const);
  const options = channel === undefined ? { unit } : { unit, channel };
  const field = receptiveField(model, layer, options);
  const figures: Figure[] = [windowFigure(field, layer, name, unit, picture?.input)];
  let effective: { radius: number; share: number } | undefined;
  if (isTrained && field.visible) {
    const found = await working("receptive field", (options_) =>
      effectiveReceptiveField(model, layer, { ...options, ...options_ }),
    );
    effective = { radius: found.radius, share: found.share };
    figures.push(effectiveReceptiveFieldFigure(found));
  }
  const { size, stride, offset, window, visible } = field;
  return {
    figures,
    layers: [layer],
    result: { model: name, layer, unit, units, size, stride, offset, window, visible, effective },
  };
}

function windowFigure(
  { window, visible, picture: [h, w], size, stride, units }: UnitField,
  layer: string,
  network: string,
  unit: readonly [number, number],
  input: Tensor | undefined,
): Figure {
  const paired = (sizes: UnitField["size"]): string =>
    (typeof sizes === "number" ? [sizes, sizes] : sizes).join(" × ");
  const { top, left, bottom, right } = window!;
  const seen = visible
    ? `rows ${visible.top} to ${visible.bottom - 1} and columns ${visible.left} to ${visible.right - 1}`
    : "no pixel";
  return {
    title: `What unit ${unit.join(", ")} of layer ${layer} sees`,
    text:
      `Of the input's ${h} × ${w} pixels, the unit depends on ${seen}. The ${units.join(" × ")} units of the layer in ${network} see ` +
      `${paired(size)} pixels each, ${paired(stride)} apart.`,
    panels: [
      {
        kind: "picture",
        title: "Input",
        image: input ? inputPicture(input) : blank(w, h, visible),
        boxes: [{ x: left, y: top, width: right - left, height: bottom - top }],
      },
    ],
  };
}

/** Where no picture was given: the pixels that are seen light, the others dark. */
function blank(width: number, height: number, seen: PixelWindow | null | undefined): Image {
  const data = new Uint8Array(height * width).fill(110);
  if (seen)
    for (let y = seen.top; y < seen.bottom; y++)
      data.fill(245, y * width + seen.left, y * width + seen.right);
  return { width, height, channels: 1, data };
}
