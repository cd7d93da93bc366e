import { check, checkIs, checkOptions } from "../../errors.js";
import type { Model, Picture } from "../../layers/model.js";
import { formatShape, type Tensor } from "../../tensor.js";
import type { ColorScale, Figure, PicturePanel } from "../figure/figure.js";
import { formatNumber, percent } from "../numbers.js";
import { extentOf } from "../scale.js";
import type { Explanation } from "./explanation.js";
import { type Heat, heatOf, type OverlayOptions, overlay, overlayOptions } from "./heat-map.js";
import { inputImage } from "./pixels.js";

export interface ExplanationFigureOptions extends OverlayOptions {
  /** Default: what was explained. */
  readonly title?: string;
}

/**
 * What the network saw of an input or a picture, and beside it each of its explanations laid over that, with what it shows
 * and what its colours mean. Explanations of several classes may stand side by side: each then says whose it is.
 */
export async function explanationFigure(
  model: Model,
  input: Tensor | Picture,
  explanations: Explanation | readonly Explanation[],
  options: ExplanationFigureOptions = {},
): Promise<Figure> {
  const what = "explanationFigure";
  const all = [explanations].flat() as readonly Explanation[];
  const [first] = all;
  const given = first !== undefined && all.every((one) => one?.map && one.target);
  const must = "an explanation, as await gradCam(...) gives it, or a list of them";
  checkIs(given, `${what}: the third argument`, explanations, must);
  checkOptions(what, options, ["title", ...overlayOptions]);
  const image = await inputImage(model, input);
  const { height, width } = image;
  for (const { method, map } of all) {
    const [h, w] = map.shape;
    check(
      h === height && w === width,
      () =>
        `${what}: the map of ${method} has shape ${formatShape(map.shape)}, the input ${formatShape([height, width])}. ` +
        "Give the input that was explained.",
    );
  }
  const labels = new Set(all.map(({ target: { label } }) => label));
  const one = labels.size === 1;
  const { title = one ? `Why ${nameOf(first!)}?` : "Why these?", ...shown } = options;
  const panels = all.map((explanation): PicturePanel => {
    const heat = heatOf(explanation.map, shown);
    return {
      kind: "picture",
      title: one ? explanation.method : `${explanation.method}: ${nameOf(explanation)}`,
      caption: explanation.text,
      image: overlay(image, explanation.map, shown),
      scale: scaleOf(explanation, heat),
    };
  });
  return {
    title,
    text: [...new Set(all.map(scored))].join(" "),
    panels: [{ kind: "picture", title: "What the network saw", image }, ...panels],
  };
}

/** The scale says where the colours end before the numbers do. */
function scaleOf({ map, unit }: Explanation, { colors, range: [from, to] }: Heat): ColorScale {
  const [least, most] = extentOf(map.data) ?? [from, to];
  const ends = [
    `${least < from ? "≤ " : ""}${formatNumber(from)}`,
    `${most > to ? "≥ " : ""}${formatNumber(to)}`,
  ] as const;
  return { map: colors, from, to, ends, label: unit };
}

/** Classes in quotes: their names may be long lists. */
function nameOf({ target: { label, class: index } }: Explanation): string {
  return index === undefined ? label : `“${label}”`;
}

/** A sentence with the score, and the probability where there is one. */
function scored(explanation: Explanation): string {
  const { target, score } = explanation;
  const { class: index, probability, unit } = target;
  const [name, value] = [nameOf(explanation), formatNumber(score)];
  if (probability === undefined) {
    const kind = index === undefined ? (unit ? "value" : "sum") : "score";
    return `The ${kind} of ${name} is ${value} here.`;
  }
  return `${name} has a probability of ${percent(probability, 1)} here; its score before softmax is ${value}.`;
}
