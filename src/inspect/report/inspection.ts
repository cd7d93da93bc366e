import { check, checkOptions } from "../../errors.js";
import type { Model, Picture } from "../../layers/model.js";
import type { Tensor } from "../../tensor.js";
import type { Figure } from "../figure/figure.js";
import { figureSvg } from "../figure/svg.js";
import { Html, html } from "../html.js";
import { drawnShape, formatCount, percent } from "../numbers.js";
import { type LayerSummary, summary } from "../summary.js";
import { asBatch } from "../target.js";
import { filterSection } from "./filters.js";
import { journey } from "./journey.js";
import { networkSection } from "./network.js";
import { numberList, page, section } from "./page.js";

/** What a page about a network shows. */
export interface InspectionReportOptions {
  /** The network's name, such as "AlexNet". */
  readonly name: string;
  /** A picture that is followed through the network, for models that take pictures. */
  readonly picture?: Picture;
  /** Or an input [1, c, h, w] as the model takes it. */
  readonly input?: Tensor;
  /** Names of the layers whose outputs are shown. Default: all. */
  readonly layers?: readonly string[];
  /** Sections of their own: explanations, top patches, whatever draws a figure. */
  readonly figures?: readonly Figure[];
  /** A sentence under the heading. Default: what the picture is taken for. */
  readonly lead?: string;
  /** A line at the end. */
  readonly footer?: string;
}

/**
 * A look inside a network as one HTML page that needs nothing else: its layers and how far they see, its filters, and one
 * picture on its way through the layers to the probabilities.
 */
export async function inspectionReport(model: Model, options: InspectionReportOptions): Promise<string> {
  const known = ["name", "picture", "input", "layers", "figures", "lead", "footer"];
  checkOptions("inspectionReport", options, known);
  const { name, figures = [], footer } = options;
  const input = await inputOf(model, options);
  const { layers, parameters, macs } = summary(model);
  const lead = options.lead ?? (input && (await leadOf(model, input)));
  const body = html`<header>
<h1>${name}</h1>
${lead && html`<p>${lead}</p>`}
</header>
<main>
${numberList([
  ["Parameters", formatCount(parameters)],
  ["Multiply-adds", formatCount(macs)],
  ["Layers", formatCount(layers.filter(({ name }) => name !== "").length)],
  ["Input", drawnShape(model.inputShape)],
])}
${networkSection(model, name, layers, parameters)}
${section(
  "How far it sees",
  "The part of the input that an output of each layer depends on, in pixels, beyond the border included.",
  await drawn(fieldFigure(layers)),
)}
${await filterSection(model)}
${
  input &&
  section(
    "One picture, layer by layer",
    "What each layer makes of the picture, from the input to the probabilities.",
    await journey(model, chosen(layers, options.layers), input, { input: "The input" }),
  )
}
${await Promise.all(figures.map(async (figure) => section(figure.title, figure.text ?? "", await drawn(figure))))}
</main>
${footer && html`<footer>${footer}</footer>`}`;
  return page(`Inside ${name}`, body);
}

async function inputOf(
  model: Model,
  { picture, input }: InspectionReportOptions,
): Promise<Tensor | undefined> {
  check(!(picture && input), "inspectionReport: give a picture or an input, not both.");
  if (input) return asBatch("inspectionReport", model, input);
  if (!picture) return undefined;
  check(
    model.prepare,
    "inspectionReport: the model does not know what to make of pictures. Build it with { prepare }, or give an input.",
  );
  return asBatch("inspectionReport", model, await model.prepare(picture));
}

async function leadOf(model: Model, input: Tensor): Promise<string | undefined> {
  if (model.outputShape.length !== 1) return undefined;
  const [best] = await model.classify(input, { top: 1 });
  return best && `The picture is taken for ${best.label}, ${percent(best.probability, 1)}.`;
}

/** The layers of those names, in the network's order. */
function chosen(
  layers: readonly LayerSummary[],
  names: readonly string[] | undefined,
): readonly LayerSummary[] {
  if (!names) return layers;
  const unknown = names.find((name) => !layers.some((layer) => layer.name === name));
  check(
    unknown === undefined,
    () =>
      `inspectionReport: there is no layer "${unknown}". There are: ${layers
        .map(({ name }) => name)
        .filter(Boolean)
        .join(", ")}.`,
  );
  return layers.filter(({ name }) => names.includes(name));
}

/** Bars of the layers that see further than those before them. */
function fieldFigure(layers: readonly LayerSummary[]): Figure {
  const sizes = layers.map(({ receptiveField: { size } }) => Math.max(...[size].flat()));
  const wider = layers.flatMap(({ name, type }, i) =>
    sizes[i] !== sizes[i - 1] ? [{ label: `${name} ${type}`.trim(), size: sizes[i]! }] : [],
  );
  return {
    title: "Receptive fields",
    panels: [
      {
        kind: "plot",
        title: "",
        x: { label: "pixels" },
        y: { label: "", names: wider.map(({ label }) => label) },
        series: [
          { label: "pixels", style: "bars", x: wider.map(({ size }) => size), y: wider.map((_, i) => i) },
        ],
      },
    ],
  };
}

/** A figure within the page, which says its title beside it. */
async function drawn(figure: Figure): Promise<Html> {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${figure.title}">${new Html(await figureSvg(figure, { bare: true }))}</div>`;
}
