// The command line: `featuremap train | evaluate | classify | predict | export | summary | inspect | models`.

import { createRequire } from "node:module";
import { Command } from "commander";
import { addClassify } from "./classify.js";
import { addEvaluate } from "./evaluate.js";
import { endWith, UsageError } from "./exit.js";
import { addExport } from "./export.js";
import { addInspect } from "./inspect.js";
import { addModels } from "./models.js";
import { collect, similar } from "./options.js";
import { addPredict } from "./predict.js";
import { addSummary } from "./summary.js";
import { addTrain } from "./train.js";

const { version } = createRequire(import.meta.url)("featuremap/package.json") as { version: string };

const program = new Command("featuremap")
  .description("Convolutional networks: train them, run them and look inside them.")
  .version(version, "-v, --version", "print the version")
  .helpOption("-h, --help", "print this help")
  .helpCommand(false)
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
addInspect(program);
addModels(program);

program
  .command("help")
  .argument("[command]")
  .description("print the help of a command")
  .action((name?: string) => {
    const found = name === undefined ? program : program.commands.find((command) => command.name() === name);
    if (found) return found.outputHelp();
    const names = program.commands.map((command) => command.name());
    const near = similar(name!, names);
    throw new UsageError(
      `There is no command "${name}". ${near ? `Did you mean ${near}?` : `There are: ${names.join(", ")}.`}`,
    );
  });

// An option that is given twice would count only once.
for (const command of program.commands) {
  for (const option of command.options.filter(({ parseArg }) => parseArg !== collect)) {
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      if (isGiven && option.required && option.name() !== "shape")
        throw new UsageError(`--${option.name()} is given twice. Give it once.`);
      isGiven = true;
    });
  }
}

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
