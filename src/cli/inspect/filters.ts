// Filters of a convolution.

import { type Convolution, convolutions } from "../../inspect/convolutions.js";
import { filterFigure } from "../../inspect/index.js";
import { extentOf } from "../../inspect/scale.js";
import { UsageError } from "../exit.js";
import { layerNamed } from "./layers.js";
import type { Subject, View } from "./view.js";

/** The filters of the layer, by default of the first convolution. */
export function filtersView(
  { model, name }: Subject,
  wanted: string | undefined,
  range?: "each" | "all",
): View {
  const {
    name: layer,
    type,
    weights,
  } = chosen(name, wanted && layerNamed(model, wanted), convolutions(model));
  const [least, most] = extentOf(weights.data) ?? [Number.NaN, Number.NaN];
  return {
    figures: [
      filterFigure(weights, {
        name: layer === "" ? name : `layer ${layer} of ${name}`,
        ...(range && { range }),
      }),
    ],
    layers: [layer],
    result: { model: name, layer, type, shape: weights.shape, least, most },
  };
}

function chosen(
  network: string,
  wanted: { name: string; type: string } | "" | undefined,
  all: readonly Convolution[],
): Convolution {
  const [first] = all;
  if (!first) throw new UsageError(`${network} has no convolution whose filters could be shown.`);
  if (!wanted) return first;
  const found = all.find(({ name }) => name === wanted.name);
  if (found) return found;
  throw new UsageError(
    `Layer ${wanted.name} is a ${wanted.type}, which has no filters. Give a convolution as --layer, such as ${first.name}.`,
  );
}
