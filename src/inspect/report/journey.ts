import type { Model } from "../../layers/model.js";
import { Tensor } from "../../tensor.js";
import { type Html, html } from "../html.js";
import { drawnShape, percent } from "../numbers.js";
import { featureMapGrid } from "../pictures.js";
import type { LayerSummary } from "../summary.js";
import { colorKey } from "./key.js";
import { inputPicture, picture } from "./picture.js";

/** Channels of a layer that are shown. */
const MOST = 64;
const WIDTH = 800;
const ZOOM = 4;
/** Maps that are larger are shrunk. */
const LARGEST = 64;
/** Values in a row of a vector, and their size. */
const VECTOR = 60;
const VECTOR_ZOOM = 12;
const BARS = 10;

/** What the layers make of one input [1, c, h, w]. */
export async function journey(
  model: Model,
  layers: readonly LayerSummary[],
  input: Tensor,
  { input: alt, classes = model.classes }: { input: string; classes?: readonly string[] },
): Promise<Html> {
  const named = layers.filter(({ name, type }) => name !== "" && type !== "Dropout" && type !== "Flatten");
  const values = await model.taps(
    input,
    named.map(({ name }) => name),
  );
  const first = inputPicture(input);
  const items = [
    html`<li><figure><figcaption><b>Input</b>, ${drawnShape(model.inputShape)}</figcaption>${await picture(first, alt, zoomOf(first.width))}</figure></li>
`,
  ];
  for (const { name, type, output } of named) {
    const first = shown(values[name]!);
    const shrink = Math.ceil(Math.max(...first.shape.slice(2), 1) / LARGEST);
    const maps = shrink > 1 ? shrunk(first, shrink) : first;
    const [, c = 1, h = 1, w = 1] = maps.shape;
    const widest = h * w === 1 ? VECTOR : Math.min(16, Math.max(1, Math.floor(WIDTH / (w * 2))));
    // Rows as long as each other, rather than a short one at the end.
    const columns = Math.ceil(c / Math.ceil(c / widest));
    const image = featureMapGrid(maps, { background: null, columns, gap: h * w === 1 ? 0 : 1 });
    const zoom = h * w === 1 ? VECTOR_ZOOM : zoomOf(image.width);
    const part = (c < output[0]! ? `, the first ${c}` : "") + (shrink > 1 ? `, 1/${shrink} as large` : "");
    items.push(html`<li><figure><figcaption><b>${name} ${type}</b>, ${drawnShape(output)}${part}</figcaption>${await picture(image, `Outputs of layer ${name} for the sample`, zoom)}</figure></li>
`);
  }
  return html`<ul class="layers">${items}</ul>${colorKey("viridis", "lowest", "highest of each map")}${
    model.outputShape.length === 1 && (await probabilities(model, input, classes))
  }`;
}

/** Bars of the likeliest classes: in their order where all of them are shown, else the best first. */
async function probabilities(model: Model, input: Tensor, classes: readonly string[]): Promise<Html> {
  const guesses = await model.classify(input, { top: BARS });
  if (model.outputShape[0]! <= BARS) guesses.sort((a, b) => a.index - b.index);
  return html`
<h3>Probabilities</h3>
<dl class="bars">${guesses.map(
    ({ index, label, probability }) =>
      html`<dt>${classes[index] ?? label}</dt><dd class="bar"><i style="width:${(100 * probability).toFixed(2)}%"></i></dd><dd>${percent(probability)}</dd>
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

/** Means of squares of so many pixels across and down, fewer at the far edges. */
function shrunk({ data, shape }: Tensor, times: number): Tensor {
  const [, c = 1, h = 1, w = 1] = shape;
  const [rows, columns] = [Math.ceil(h / times), Math.ceil(w / times)];
  const sums = new Float32Array(c * rows * columns);
  const counts = new Float32Array(sums.length);
  for (const [i, value] of data.entries()) {
    const [channel, y, x] = [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w];
    const at = (channel * rows + Math.floor(y / times)) * columns + Math.floor(x / times);
    sums[at]! += value;
    counts[at]!++;
  }
  return new Tensor(
    sums.map((sum, i) => sum / counts[i]!),
    [1, c, rows, columns],
  );
}
