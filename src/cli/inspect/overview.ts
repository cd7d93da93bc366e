// A network at a glance: its layers and, where it has learned something, the filters of the first convolution.

import { convolutions } from "../../inspect/convolutions.js";
import { type Figure, summary } from "../../inspect/index.js";
import { drawnShape, formatBytes, formatCount } from "../../inspect/numbers.js";
import { filtersView } from "./filters.js";
import type { Subject, View } from "./view.js";

export function overview(subject: Subject): View {
  const { model, name, isTrained } = subject;
  const found = summary(model);
  const { parameters, macs, activationBytes, layers } = found;
  const figure: Figure = {
    title: name,
    text:
      `${formatCount(parameters)} parameters, ${formatCount(macs)} multiply-adds and ${formatBytes(activationBytes)} of activations for ` +
      "one input.",
    panels: [
      {
        kind: "table",
        title: "Layers",
        columns: ["Layer", "Type", "Output", "Parameters", "Multiply-adds", "Sees"],
        rows: layers.map(({ name, type, output, parameters, macs, receptiveField: { size } }) => [
          name,
          type,
          drawnShape(output),
          parameters,
          macs,
          (typeof size === "number" ? [size, size] : size).join(" × "),
        ]),
      },
    ],
  };
  const hasFilters = isTrained && convolutions(model).length > 0;
  const filters = hasFilters ? filtersView(subject, undefined) : undefined;
  return {
    figures: [figure, ...(filters?.figures ?? [])],
    result: { model: name, summary: found, ...(filters && { filters: filters.result }) },
  };
}
