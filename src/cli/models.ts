import type { Command } from "commander";
import { formatCount } from "../inspect/numbers.js";
import { textTable } from "../inspect/text-table.js";
import { models } from "../zoo/index.js";
import { usualPreprocessing } from "./model.js";
import { jsonOption } from "./options.js";
import { print, printJson } from "./terminal.js";
import { TORCHVISION, torchvisionWeights } from "./torchvision.js";

/** So wide that nothing is cut. */
const WIDEST = 200;

export function addModels(program: Command): void {
  program
    .command("models")
    .summary("list the networks of the zoo")
    .description("Lists the networks of the zoo, by the names that the other commands take.")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Example:
  featuremap models --json`,
    )
    .action(run);
}

function run({ json }: { json?: boolean }): void {
  const entries = Object.entries(models);
  if (json) {
    printJson(
      entries.map(([name, entry]) => {
        const { title, paper, parameters, inputShape: input, numClasses: classes } = entry;
        const [preprocessing, weights] = [usualPreprocessing(entry), torchvisionWeights(name)];
        return { name, title, paper, parameters, input, classes, preprocessing, weights };
      }),
    );
    return;
  }
  const table = textTable(
    [
      { title: "Name" },
      { title: "Network" },
      { title: "Parameters", right: true },
      { title: "Input" },
      { title: "Classes", right: true },
      { title: "Weights" },
    ],
    entries.map(([name, { title, parameters, inputShape, numClasses }]) => [
      name,
      title,
      formatCount(parameters),
      inputShape.join(" × "),
      `${numClasses}`,
      torchvisionWeights(name)?.split("/").at(-1) ?? "",
    ]),
    WIDEST,
  );
  print(`${table}\nWeights: torchvision's, from ${TORCHVISION}`);
}
