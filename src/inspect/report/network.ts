import type { Model } from "../../layers/model.js";
import { networkDiagram } from "../diagram/diagram.js";
import { Html, html } from "../html.js";
import { drawnShape, formatCount } from "../numbers.js";
import type { LayerSummary } from "../summary.js";
import { section } from "./page.js";

const WIDTH = 920;

/** What the network is made of: drawn to scale, and as a table. */
export function networkSection(
  model: Model,
  title: string,
  layers: readonly LayerSummary[],
  parameters: number,
): Html {
  const picture = new Html(networkDiagram(model, { title, width: WIDTH }));
  return section(
    "The network",
    "Each layer with the shape of what it gives to the next, how many numbers it has learned, and how much of the picture each of its outputs depends on.",
    html`<div class="scroll" tabindex="0" role="group" aria-label="Picture of the network">${picture}</div>${networkTable(layers, parameters)}`,
  );
}

function networkTable(layers: readonly LayerSummary[], parameters: number): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table of layers"><table class="network">
<thead><tr><td></td><th scope="col">Layer</th><th scope="col">Output</th><th scope="col" class="n">Parameters</th><th scope="col" class="n">Depends on</th></tr></thead>
<tbody>
${layers.map(
  ({
    name,
    type,
    output,
    parameters,
    receptiveField: { size },
  }) => html`<tr><td class="n">${name}</td><th scope="row">${type}</th><td>${drawnShape(output)}</td>
<td class="n">${parameters > 0 && formatCount(parameters)}</td><td class="n">${(typeof size === "number" ? [size, size] : size).join(" × ")}</td></tr>`,
)}
</tbody>
<tfoot><tr><td></td><th scope="row">Together</th><td></td><td class="n">${formatCount(parameters)}</td><td></td></tr></tfoot>
</table></div>`;
}
