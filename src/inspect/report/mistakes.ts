import type { Dataset } from "../../data/index.js";
import { Tensor } from "../../tensor.js";
import type { Evaluation } from "../../train/index.js";
import { type Html, html } from "../html.js";
import { percent } from "../numbers.js";
import { inputPicture, picture } from "./picture.js";

/** Samples that are shown at once, and on request. */
const FIRST = 40;
export const MOST_MISTAKES = 200;
/** Pixels of a picture's width, about. */
const SIDE = 96;

/** The samples that were taken for something else, the surest guesses first. */
export async function mistakeList(
  dataset: Dataset,
  { mistakes = [], confusion: { classes } }: Evaluation,
): Promise<Html> {
  const surest = [...mistakes]
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, MOST_MISTAKES);
  const items: Html[] = [];
  for (const { index, actual, predicted, probability } of surest) {
    const { inputs } = await dataset.get([index]);
    const image = inputPicture(new Tensor(inputs.data, [1, ...dataset.shape]));
    const drawing = await picture(image, `Sample ${index}`, Math.max(1, Math.round(SIDE / image.width)));
    items.push(html`<li><figure>${drawing}
<figcaption>true <b>${classes[actual]}</b><br>taken for <b class="guess">${classes[predicted]}</b><br>${sureness(probability)}</figcaption></figure></li>
`);
  }
  const list = (part: readonly Html[]): Html => html`<ul class="mistakes">${part}</ul>`;
  if (items.length <= FIRST) return list(items);
  const rest = items.slice(FIRST);
  return html`${list(items.slice(0, FIRST))}<details><summary>${rest.length} more</summary>${list(rest)}</details>`;
}

/** A wrong guess is never certain, so it is not rounded up to that. */
function sureness(probability: number): string {
  return probability > 0.995 ? "over 99 % sure" : `${percent(probability, 0)} sure`;
}
