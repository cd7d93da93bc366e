import type { Model } from "../../layers/model.js";
import { Tensor } from "../../tensor.js";
import { type Html, html } from "../html.js";
import { percent } from "../numbers.js";
import { featureMapGrid } from "../pictures.js";
import type { LayerSummary } from "../summary.js";
import { colorKey } from "./key.js";
import { inputPicture, picture } from "./picture.js";

/** Channels of a layer that are shown. */
const MOST = 64;
const WIDTH = 800;
const ZOOM = 4;
/** Values in a row of a vector, and their size. */
const VECTOR = 60;
const VECTOR_ZOOM = 12;
const BARS = 10;

/** What the layers make of one input [1, c, h, w]. */
export async function journey(
  model: Model,
  layers: readonly LayerSummary[],
  input: Tensor,
  { index, classes }: { index: number; classes: readonly string[] },
): Promise<Html> {
  const named = layers.filter(({ name, type }) => name !== "" && type !== "Dropout" && type !== "Flatten");
  const values = await model.taps(
    input,
    named.map(({ name }) => name),
  );
  const first = inputPicture(input);
  const items = [
    html`<li><figure><figcaption><b>Input</b>, ${model.inputShape.join(" × ")}</figcaption>${await picture(first, `The input: sample ${index}`, zoomOf(first.width))}</figure></li>
`,
  ];
  for (const { name, type, output } of named) {
    const maps = shown(values[name]!);
    const [, c = 1, h = 1, w = 1] = maps.shape;
    const widest = h * w === 1 ? VECTOR : Math.min(16, Math.max(1, Math.floor(WIDTH / (w * 2))));
    // Rows as long as each other, rather than a short one at the end.
    const columns = Math.ceil(c / Math.ceil(c / widest));
    const image = featureMapGrid(maps, { background: null, columns, gap: h * w === 1 ? 0 : 1 });
    const zoom = h * w === 1 ? VECTOR_ZOOM : zoomOf(image.width);
    const part = c < output[0]! ? `, the first ${c}` : "";
    items.push(html`<li><figure><figcaption><b>${name} ${type}</b>, ${output.join(" × ")}${part}</figcaption>${await picture(image, `Outputs of layer ${name} for the sample`, zoom)}</figure></li>
`);
  }
  const guesses = await model.classify(input, { top: BARS });
  const bars = guesses.sort((a, b) => a.index - b.index);
  return html`<ul class="layers">${items}</ul>${colorKey("viridis", "lowest", "highest of each map")}
<h3>Probabilities</h3>
<dl class="bars">${bars.map(
    ({
      index,
      probability,
    }) => html`<dt>${classes[index]}</dt><dd class="bar"><i style="width:${(100 * probability).toFixed(2)}%"></i></dd><dd>${percent(probability)}</dd>
`,
  )}</dl>`;
}

function zoomOf(width: number): number {
  return Math.max(1, Math.min(ZOOM, Math.floor(WIDTH / width)));
}

/** The first channels of a layer's output. */
function shown({ data, shape }: Tensor): Tensor {
  const [, c = 1, ...pixels] = shape;
  const size = pixels.reduce((a, b) => a * b, 1);
  const channels = Math.min(c, size === 1 ? c : MOST);
  return new Tensor(data.subarray(0, channels * size), [1, channels, ...pixels]);
}
