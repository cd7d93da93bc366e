import type { Command } from "commander";
import { formatSummary, summary } from "../inspect/index.js";
import { findModel, jsonOption, start } from "./options.js";
import { print, printJson } from "./terminal.js";

export function addSummary(program: Command): void {
  program
    .command("summary")
    .summary("show what a network is made of")
    .description(
      "Shows a network layer by layer: output shape, parameters, multiply-adds and receptive field.",
    )
    .argument("<network>", "a network of the zoo, such as lenet5")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Example:
  featuremap summary lenet5`,
    )
    .action((name: string, options: { json?: boolean }) => run(name, options));
}

async function run(name: string, { json }: { json?: boolean }): Promise<void> {
  const { create } = findModel(name);
  await start({ threads: 1 });
  using model = await create();
  const result = summary(model);
  if (json) printJson(result);
  else print(formatSummary(result));
}
