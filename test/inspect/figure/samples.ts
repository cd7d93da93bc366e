// Figures that have everything in them.

import { type Figure, featureMapFigure, featureMapGrid, filterFigure } from "../../../src/inspect/index.js";
import { Tensor, tensor } from "../../../src/tensor.js";

/** Numbers that look like something: waves. */
export function waves(...shape: number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return new Tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.37) + Math.cos(i * 0.011)),
    shape,
  );
}

const matrix = [0.1, 0.5, -0.3, 1, 2, -2, 12.5, -3.25, 0];

export const samples: Readonly<Record<string, Figure>> = {
  pictures: {
    title: "What a unit sees",
    text: "The part of the input that can change the value of the unit, and how strongly each pixel of it does: a sentence that needs a second line.",
    panels: [
      {
        kind: "picture",
        title: "Input",
        caption: "Two boxes, one of which is cut off.",
        image: featureMapGrid(waves(1, 24, 24), { colors: "gray" }),
        boxes: [
          { x: 9, y: 8, width: 6, height: 5, label: "conv1" },
          { x: -3, y: 14, width: 20, height: 20, label: "conv2 <&>" },
        ],
      },
      {
        kind: "picture",
        title: "A feature map with a long title that wraps",
        image: featureMapGrid(waves(1, 12, 16)),
        zoom: 8,
        scale: { map: "viridis", from: 0, to: 12345.6, label: "activation" },
      },
      {
        kind: "picture",
        title: "A matrix",
        caption: "Blue is below zero, red above.",
        image: featureMapGrid(tensor(matrix, [1, 3, 3]), { colors: "signed", range: [-12.5, 12.5] }),
        numbers: matrix,
        xNames: ["0", "1", "2"],
        yNames: ["top", "middle", "bottom"],
        scale: { map: "signed", from: -12.5, to: 12.5, label: "weight" },
      },
    ],
  },
  plots: {
    title: "Plots × 4",
    panels: [
      {
        kind: "plot",
        title: "Learning",
        caption: "Loss against steps.",
        x: { label: "steps" },
        y: { label: "cross entropy, logarithmic", log: true },
        series: [
          { label: "training", style: "line", x: [0, 20, 40, 60, 80, 99], y: [2.3, 1, 0.4, 0.2, 0.1, 0.06] },
          { label: "validation", style: "points", x: [0, 40, 80], y: [2.3, 0.6, 0.2] },
          { label: "with a gap", style: "line", x: [0, 10, 20, 30, 40], y: [1, 0.9, Number.NaN, 0.7, 0.6] },
        ],
      },
      {
        kind: "plot",
        title: "Probabilities",
        x: { label: "percent" },
        y: { label: "", names: ["Egyptian cat", "tabby", "a name so long that it does not fit in there"] },
        series: [{ label: "p", style: "bars", x: [62.1, 20, 0.4], y: [0, 1, 2] }],
      },
      {
        kind: "plot",
        title: "Two series of bars",
        x: { label: "layer", names: ["conv1", "conv2", "fc1"] },
        y: { label: "pixels" },
        series: [
          { label: "theoretical", style: "bars", x: [0, 1, 2], y: [11, 51, 131] },
          { label: "effective", style: "bars", x: [0, 1, 2], y: [9, 30, -20] },
        ],
      },
      {
        kind: "table",
        title: "Layers",
        columns: ["name", "output", "parameters"],
        rows: [
          ["features.0 Conv2d", "64 × 55 × 55", 23296],
          ["features.3 Conv2d", "192 × 27 × 27", 307392],
        ],
      },
    ],
  },
  filters: filterFigure(waves(12, 6, 3, 3), { name: "layer 3", limit: 10 }),
  maps: featureMapFigure(waves(1, 8, 14, 14), { range: "all" }),
};
