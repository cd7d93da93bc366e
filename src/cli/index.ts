// The command line: `featuremap train | evaluate | classify | predict | export | summary | models`.

import { createRequire } from "node:module";
import { Command } from "commander";
import { addClassify } from "./classify.js";
import { addEvaluate } from "./evaluate.js";
import { endWith } from "./exit.js";
import { addExport } from "./export.js";
import { addModels } from "./models.js";
import { addPredict } from "./predict.js";
import { addSummary } from "./summary.js";
import { addTrain } from "./train.js";

const { version } = createRequire(import.meta.url)("featuremap/package.json") as { version: string };

const program = new Command("featuremap")
  .description("Convolutional networks: train them, run them and look inside them.")
  .version(version, "-v, --version", "print the version")
  .helpOption("-h, --help", "print this help")
  .helpCommand("help [command]", "print the help of a command")
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .showSuggestionAfterError()
  .exitOverride()
  .addHelpText(
    "after",
    `
Each command has a help of its own: featuremap train --help
Results go to standard output, as JSON with --json; progress goes to standard error.
Exit codes: 0 done, 1 failed, 2 called wrongly, 130 interrupted.`,
  );

addTrain(program);
addEvaluate(program);
addClassify(program);
addPredict(program);
addExport(program);
addSummary(program);
addModels(program);

// Whoever reads the output may stop reading, as head does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  endWith(error);
}
