// What the layers make of a picture, and what it is taken for.

import type { Guess } from "../../index.js";
import {
  type Figure,
  featureMapFigure,
  type LayerSummary,
  type Panel,
  type TilesPanel,
} from "../../inspect/index.js";
import { drawnShape } from "../../inspect/numbers.js";
import { inputPicture } from "../../inspect/report/picture.js";
import { extentOf } from "../../inspect/scale.js";
import type { Tensor } from "../../tensor.js";
import { chosenLayers } from "./layers.js";
import type { Subject, View } from "./view.js";

const GUESSES = 5;
/** Sizes of the input and, where several layers are shown, of a map. */
const INPUT = 160;
const MAP = 64;

export async function mapsView(
  { model, name, picture }: Subject & { picture: NonNullable<Subject["picture"]> },
  names: readonly string[] | undefined,
  range: "each" | "all" = "each",
): Promise<View> {
  const layers = chosenLayers(model, names);
  const values = await model.taps(
    picture.input,
    layers.map((layer) => layer.name),
  );
  const guesses = model.outputShape.length === 1 ? await model.classify(picture.input, { top: GUESSES }) : [];
  const lastMaps = layers.findLast(({ output }) => output.length > 1);
  const figure: Figure = {
    title: `${picture.name} in ${name}`,
    panels: [
      {
        kind: "picture",
        title: `Input, ${drawnShape(model.inputShape)}`,
        image: inputPicture(picture.input),
        zoom: Math.max(1, Math.floor(INPUT / picture.input.shape.at(-1)!)),
      },
      ...layers.map((layer) =>
        panelOf(
          layer,
          values[layer.name]!,
          range,
          range === "all" || layer === lastMaps,
          layers.length === 1,
        ),
      ),
      ...(guesses.length > 0 ? [guessPanel(guesses)] : []),
    ],
    columns: 1,
  };
  const described = layers.map((layer) => ({
    name: layer.name,
    type: layer.type,
    output: layer.output,
    ...statistics(values[layer.name]!),
  }));
  return {
    figures: [figure],
    layers: layers.map((layer) => layer.name),
    result: { model: name, image: picture.name, layers: described, guesses },
  };
}

/**
 * The outputs of a layer. Of several layers maps are small, and where each map has its own range the last one's key to the
 * colours is that of all.
 */
function panelOf(
  { name, type, output }: LayerSummary,
  value: Tensor,
  range: "each" | "all",
  hasScale: boolean,
  isAlone: boolean,
): Panel {
  const [panel] = featureMapFigure(value, { range }).panels;
  const { scale, ...rest } = panel as TilesPanel;
  return {
    ...rest,
    title: `${name} ${type}, ${drawnShape(output)}`,
    ...(scale && hasScale && { scale }),
    ...(scale && !isAlone && { zoom: zoomOf(output.at(-1)!) }),
  };
}

/** For maps so many pixels wide. */
const zoomOf = (width: number): number => (width > MAP ? MAP / width : Math.floor(MAP / width));

function guessPanel(guesses: readonly Guess[]): Panel {
  return {
    kind: "plot",
    title: "Taken for",
    x: { label: "percent" },
    y: { label: "", names: guesses.map(({ label }) => label) },
    series: [
      {
        label: "probability",
        style: "bars",
        x: guesses.map(({ probability }) => Math.floor(probability * 1000) / 10),
        y: guesses.map((_, i) => i),
      },
    ],
  };
}

/** Of all values of a layer. */
function statistics({ data }: Tensor): { least: number; most: number; mean: number; zeros: number } {
  const [least, most] = extentOf(data) ?? [Number.NaN, Number.NaN];
  let [sum, zeros] = [0, 0];
  for (const value of data) {
    sum += value;
    if (value === 0) zeros++;
  }
  return { least, most, mean: sum / data.length, zeros: zeros / data.length };
}
