import type { Model } from "../../layers/model.js";
import { type Convolution, convolutions } from "../convolutions.js";
import { type Html, html } from "../html.js";
import { filterGrid } from "../pictures.js";
import { colorKey } from "./key.js";
import { section } from "./page.js";
import { picture } from "./picture.js";

/** Convolutions with more kernels than that are left out. */
const MOST = 600;
const LAYERS = 4;

/** The kernels of the first convolutions. */
export async function filterSection(model: Model): Promise<Html> {
  const shown = shownOf(model);
  const isColored = shown.some(({ weights }) => weights.shape[1] === 3);
  const isSigned = shown.some(({ weights }) => weights.shape[1] !== 3);
  const text = [
    "The learned weights.",
    isColored && "Where filters see red, green and blue, those are the colours of the weights.",
    isSigned &&
      `${isColored ? "Of the others, blue" : "Blue"} is where high inputs count against the feature, red where they count for it.`,
  ];
  return section("What its filters look for", text.filter(Boolean).join(" "), await filters(shown, isSigned));
}

/** The first convolutions whose kernels can be seen. */
function shownOf(model: Model): Convolution[] {
  const clear = convolutions(model).filter(({ weights }) => {
    const [outs = 0, ins = 0, kh = 0, kw = 0] = weights.shape;
    return kh * kw > 1 && (ins === 3 ? outs : outs * ins) <= MOST;
  });
  return clear.slice(0, LAYERS);
}

async function filters(shown: readonly Convolution[], isSigned: boolean): Promise<Html> {
  const figures: Html[] = [];
  for (const { name, type, weights } of shown) {
    const [outs = 0, ins = 0, kh = 0, kw = 0] = weights.shape;
    const columns = ins === 1 || ins === 3 ? Math.min(outs, 16) : outs;
    const image = filterGrid(weights, { columns, background: null, gap: 1 });
    const zoom = Math.max(2, Math.min(12, Math.floor(780 / image.width)));
    const what =
      ins === 1 || ins === 3
        ? `${outs} filters of ${kh} × ${kw}`
        : `${outs} filters, one a column, of ${kh} × ${kw} for each of ${ins} inputs, one a row`;
    figures.push(html`<li><figure><figcaption><b>${name} ${type}</b>, ${what}</figcaption>${await picture(image, `Learned weights of layer ${name}: ${what}`, zoom)}</figure></li>
`);
  }
  return figures.length === 0
    ? html`<p>This network has no convolution that is small enough to show.</p>`
    : html`<ul class="layers">${figures}</ul>${isSigned && colorKey("signed", "below zero", "above zero")}`;
}
