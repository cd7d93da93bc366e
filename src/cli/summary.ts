import type { Command } from "commander";
import { formatSummary, summary } from "../inspect/index.js";
import type { ZooModel, ZooOptions } from "../zoo/index.js";
import { UsageError } from "./exit.js";
import { isNetworkFile, type ModelOptions, openModel } from "./model.js";
import { findModel, jsonOption, shapeOption, start } from "./options.js";
import { sizeOption } from "./pictures.js";
import { print, printJson } from "./terminal.js";

interface SummaryOptions extends Pick<ModelOptions, "size" | "shape" | "cache"> {
  readonly json?: boolean;
}

export function addSummary(program: Command): void {
  program
    .command("summary")
    .summary("show what a network is made of")
    .description(
      "Shows a network layer by layer: output shape, parameters, multiply-adds and receptive field.",
    )
    .argument("<network>", "a network of the zoo, such as lenet5, or an ONNX file")
    .addOption(sizeOption())
    .addOption(shapeOption())
    .option("--no-cache", "fetch what comes from an address anew, and do not keep it")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  featuremap summary vgg16
  featuremap summary model.onnx`,
    )
    .action((name: string, options: SummaryOptions) => run(name, options));
}

async function run(name: string, options: SummaryOptions): Promise<void> {
  const entry = isNetworkFile(name) ? undefined : findModel(name);
  await start({ threads: 1 });
  // No weights are needed to tell what they are.
  using model = entry
    ? await entry.create({ initialize: false, ...sized(entry, options) })
    : (await openModel({ ...options, model: name })).model;
  const result = summary(model);
  if (options.json) printJson(result);
  else print(formatSummary(result));
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
