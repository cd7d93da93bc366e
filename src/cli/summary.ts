import { basename } from "node:path";
import { type Command, Option } from "commander";
import { writeFileAtomic } from "#platform";
import { formatPlan, formatSummary, networkDiagram, summary, summaryMarkdown } from "../inspect/index.js";
import type { ZooModel, ZooOptions } from "../zoo/index.js";
import { UsageError } from "./exit.js";
import { checkOutputs } from "./files.js";
import { isNetworkFile, type ModelOptions, openModel } from "./model.js";
import { directOption, findModel, jsonOption, shapeOption, start } from "./options.js";
import { sizeOption } from "./pictures.js";
import { columns, print, printJson } from "./terminal.js";

interface SummaryOptions extends Pick<ModelOptions, "size" | "shape" | "cache" | "direct"> {
  readonly formulas?: boolean;
  readonly markdown?: boolean;
  readonly plan?: boolean;
  readonly svg?: string;
  readonly json?: boolean;
}

/** Of a table: terminals with fewer break its lines. */
const LEAST_COLUMNS = 40;

export function addSummary(program: Command): void {
  program
    .command("summary")
    .summary("show what a network is made of")
    .description(
      "Shows a network layer by layer: shapes, windows, parameters, multiply-adds, receptive fields and memory; or draws it.",
    )
    .argument("<network>", "a network of the zoo, such as lenet5, or an ONNX file")
    .addOption(sizeOption())
    .addOption(shapeOption())
    .option("--no-cache", "fetch what comes from an address anew, and do not keep it")
    .option("--formulas", "show how the numbers of parameters come about: (5 * 5 * 1 + 1) * 6 = 156")
    .addOption(new Option("--markdown", "print a table of GitHub's Markdown").conflicts(["json", "plan"]))
    .addOption(new Option("--plan", "print the steps of a prediction").conflicts(["json", "formulas"]))
    .addOption(directOption())
    .option("--svg <file>", "also draw the network to a file: a block for each tensor")
    .addOption(jsonOption().conflicts("formulas"))
    .addHelpText(
      "after",
      `
Examples:
  featuremap summary vgg16 --formulas
  featuremap summary resnet50 --svg resnet50.svg
  featuremap summary model.onnx`,
    )
    .action((name: string, options: SummaryOptions) => run(name, options));
}

async function run(name: string, options: SummaryOptions): Promise<void> {
  const entry = isNetworkFile(name) ? undefined : findModel(name);
  const { svg } = options;
  if (svg !== undefined && !svg.toLowerCase().endsWith(".svg"))
    throw new UsageError(`--svg draws ${svg} as SVG. Give a name that ends in .svg.`);
  await checkOutputs([svg], entry ? [] : [name]);
  await start({ threads: 1 });
  // No weights are needed to tell what they are.
  using model = entry
    ? await entry.create({ initialize: false, winograd: !options.direct, ...sized(entry, options) })
    : (await openModel({ ...options, model: name })).model;
  const formulas = options.formulas ?? false;
  if (options.plan) print(formatPlan(model));
  else if (options.json) printJson(summary(model));
  else if (options.markdown) print(summaryMarkdown(summary(model), { formulas }));
  else print(formatSummary(summary(model), { formulas, width: Math.max(LEAST_COLUMNS, columns()) }));
  if (svg === undefined) return;
  const picture = networkDiagram(model, { title: entry?.title ?? basename(name, ".onnx") });
  await writeFileAtomic(svg, new TextEncoder().encode(picture));
}

/** The input of a network of the zoo, at the size that was asked for. */
function sized(
  { inputShape: [c] }: ZooModel,
  { size, shape }: SummaryOptions,
): Pick<ZooOptions, "inputShape"> {
  if (shape !== undefined)
    throw new UsageError("--shape is for ONNX files that leave sizes open. Give --size.");
  return size ? { inputShape: [c!, ...size] } : {};
}
