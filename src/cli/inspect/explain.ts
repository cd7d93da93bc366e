// Which pixels a number of the network comes from, and what it is largest for.

import type { Model } from "../../index.js";
import {
  type Explanation,
  explanationFigure,
  gradCam,
  inputImage,
  integratedGradients,
  maximize,
  occlusion,
  type Progress,
  saliency,
  smoothGrad,
  type Target,
} from "../../inspect/index.js";
import { formatNumber } from "../../inspect/numbers.js";
import { extentOf } from "../../inspect/scale.js";
import type { Tensor } from "../../tensor.js";
import type { Subject, View } from "./view.js";
import { working } from "./working.js";

interface Watched {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

type Method = (model: Model, input: Tensor, target: Target, watched: Watched) => Promise<Explanation>;

const methods = {
  saliency: (model, input, target, { signal }) => saliency(model, input, { ...target, signal }),
  "smooth-grad": (model, input, target, watched) => smoothGrad(model, input, { ...target, ...watched }),
  "integrated-gradients": (model, input, target, watched) =>
    integratedGradients(model, input, { ...target, ...watched }),
  // A layer without a channel is the one whose maps are weighed.
  "grad-cam": (model, input, { layer, ...target }, { signal }) =>
    gradCam(model, input, {
      ...target,
      ...(layer !== undefined && (target.channel === undefined ? { at: layer } : { layer })),
      signal,
    }),
  occlusion: (model, input, target, watched) => occlusion(model, input, { ...target, ...watched }),
} satisfies Record<string, Method>;

export type MethodName = keyof typeof methods;
export const methodNames = Object.keys(methods) as MethodName[];

export async function explainView(
  { model, name, picture }: Subject & { picture: NonNullable<Subject["picture"]> },
  method: MethodName,
  target: Target,
): Promise<View> {
  const found = await working(method, (watched) => methods[method](model, picture.input, target, watched));
  const { map, score, target: explained, unit } = found;
  const [least, most] = extentOf(map.data) ?? [Number.NaN, Number.NaN];
  const peak = map.data.indexOf(most);
  const [, width = 1] = map.shape;
  return {
    figures: [await explanationFigure(model, picture.input, found)],
    result: {
      model: name,
      image: picture.name,
      method: found.method,
      target: explained,
      score,
      map: { shape: map.shape, unit, least, most, peak: [Math.floor(peak / width), peak % width] },
    },
  };
}

/** What a class, a channel or a unit looks for. */
export async function maximizeView({ model, name }: Subject, target: Target): Promise<View> {
  const {
    input,
    scores,
    target: found,
  } = await working("gradient ascent", (watched) => maximize(model, { ...target, ...watched }));
  const [first, last] = [scores[0]!, scores.at(-1)!];
  return {
    figures: [
      {
        title: `What ${found.label} looks for`,
        text:
          "An input that makes the score large, by gradient ascent from noise: not a photograph, but what the network answers to most " +
          `strongly. The score rose from ${formatNumber(first)} to ${formatNumber(last)}.`,
        panels: [
          { kind: "picture", title: "The input", image: await inputImage(model, input) },
          {
            kind: "plot",
            title: "Ascent",
            x: { label: "step" },
            y: { label: "score" },
            series: [{ label: "score", style: "line", x: Array.from(scores.keys()), y: scores }],
          },
        ],
      },
    ],
    result: { model: name, target: found, steps: scores.length - 1, scores: { first, last } },
  };
}
