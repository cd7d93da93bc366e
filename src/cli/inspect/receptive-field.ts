// What a unit of a layer sees of the picture.

import {
  effectiveReceptiveField,
  effectiveReceptiveFieldFigure,
  type Figure,
  receptiveField,
  type UnitField,
} from "../../inspect/index.js";
import { inputPicture } from "../../inspect/report/picture.js";
import { Tensor } from "../../tensor.js";
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
  const paired = (sizes: UnitField["size"]): string => [sizes].flat().concat(sizes).slice(0, 2).join(" × ");
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
        image: inputPicture(input ?? blank(h, w)),
        boxes: [{ x: left, y: top, width: right - left, height: bottom - top }],
      },
    ],
  };
}

/** A grey input, for networks that are looked into without a picture. */
function blank(h: number, w: number): Tensor {
  return new Tensor(
    Float32Array.from({ length: h * w }, (_, i) => (Math.floor(i / w) + i) % 2),
    [1, 1, h, w],
  );
}
