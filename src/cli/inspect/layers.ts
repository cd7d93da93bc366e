// Layers by name, and which of them are shown where nobody says.

import type { Model } from "../../index.js";
import { type LayerSummary, summary } from "../../inspect/index.js";
import { UsageError } from "../exit.js";
import { similar } from "../options.js";

/** So many layers are shown one by one. */
const FEW = 20;

/** The layers of those names; or all that change what they are given, or of many the last of each size. */
export function chosenLayers(model: Model, names: readonly string[] | undefined): LayerSummary[] {
  const layers = namedLayers(model);
  if (names) return names.map((name) => layerNamed(model, name));
  const changing = layers.filter(({ type }) => type !== "Dropout" && type !== "Flatten");
  if (changing.length <= FEW) return changing;
  const size = ({ output }: LayerSummary): string =>
    output.length > 1 ? output.slice(1).join() : output.join();
  return changing.filter((layer, i) => i === changing.length - 1 || size(layer) !== size(changing[i + 1]!));
}

export function layerNamed(model: Model, name: string): LayerSummary {
  const layers = namedLayers(model);
  const found = layers.find((layer) => layer.name === name);
  if (found) return found;
  const names = layers.map((layer) => layer.name);
  const near = similar(name, names);
  throw new UsageError(
    `There is no layer "${name}". ${near ? `Did you mean ${near}?` : `There are: ${names.join(", ")}.`}`,
  );
}

const namedLayers = (model: Model): LayerSummary[] => summary(model).layers.filter(({ name }) => name !== "");
