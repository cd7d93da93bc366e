import type { Command } from "commander";
import { formatSummary, summary } from "../inspect/index.js";
import { isOnnx, openModel } from "./model.js";
import { findModel, jsonOption, start } from "./options.js";
import { print, printJson } from "./terminal.js";

export function addSummary(program: Command): void {
  program
    .command("summary")
    .summary("show what a network is made of")
    .description(
      "Shows a network layer by layer: output shape, parameters, multiply-adds and receptive field.",
    )
    .argument("<network>", "a network of the zoo, such as lenet5, or an ONNX file")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  featuremap summary vgg16
  featuremap summary model.onnx`,
    )
    .action((name: string, options: { json?: boolean }) => run(name, options));
}

async function run(name: string, { json }: { json?: boolean }): Promise<void> {
  const entry = isOnnx(name) ? undefined : findModel(name);
  await start({ threads: 1 });
  // No weights are needed to tell what they are.
  using model = entry ? await entry.create({ initialize: false }) : (await openModel({ model: name })).model;
  const result = summary(model);
  if (json) printJson(result);
  else print(formatSummary(result));
}
