import { type Command, Option } from "commander";
import { collect, dataOptions, jsonOption, number, threadsOption, weightsOptions, whole } from "./options.js";
import { optimizers, schedules, type TrainOptions } from "./train/choices.js";
import { train } from "./train/run.js";

export function addTrain(program: Command): void {
  const command = program
    .command("train")
    .summary("train a network, test it and save its weights")
    .description(
      "Trains a network on a data set, tests it on the part it has not seen, and saves its weights.",
    )
    .argument("<network>", "a network of the zoo, such as lenet5");
  weightsOptions(dataOptions(command))
    .option(
      "--skip <layer>",
      "with --weights: a layer to begin anew (default: what depends on the number of classes, where that changes). May be given several times",
      collect,
    )
    .option(
      "--freeze <prefix>",
      "leave the layers under this name as they are. May be given several times",
      collect,
    )
    .addOption(
      new Option("--epochs <n>", "how often to go through the data (default: the network's own)").argParser(
        whole(1),
      ),
    )
    .addOption(
      new Option("--batch-size <n>", "samples in a step (default: the network's own)").argParser(whole(1)),
    )
    .addOption(
      new Option("--optimizer <name>", "rule of the steps; sgd has a momentum of 0.9")
        .choices(Object.keys(optimizers))
        .default("adam"),
    )
    .addOption(
      new Option(
        "--lr <x>",
        "learning rate, the highest of the schedule (default: the network's own; needed for sgd)",
      ).argParser(number(0)),
    )
    .addOption(
      new Option("--weight-decay <x>", "pull towards zero (default: 0.01 for adamw, else 0)").argParser(
        number(0, true),
      ),
    )
    .addOption(
      new Option(
        "--schedule <name>",
        "course of the learning rate; step: a tenth after each third of the epochs",
      )
        .choices(Object.keys(schedules))
        .default("one-cycle"),
    )
    .addOption(
      new Option("--seed <n>", "decides the initial weights and the order of samples")
        .argParser(whole(0))
        .default(1),
    )
    .addOption(threadsOption())
    .option("--out <file>", "where to save the weights (default: <network>.safetensors)")
    .option("--report <file>", "also write a report as an HTML page")
    .addOption(new Option("--show <n>", "show so many test samples in the terminal").argParser(whole(0, 100)))
    .option("--checkpoint <file>", "save the state of the training after each epoch, to resume it")
    .option("--resume <file>", "go on from a checkpoint; the other options must be those it was begun with")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Ctrl-C ends the training after the step under way. The weights are saved if an epoch was done.

With --weights, the training begins with them: with new weights only for what depends on the number of classes, where
the data set has others. Pictures in folders are then prepared as those that the weights were learned from.

Examples:
  featuremap train lenet5 --data mnist --report lenet5.html --show 6
  featuremap train lenet5 --data photos/ --epochs 20 --lr 0.003 --out photos.safetensors
  featuremap train resnet18 --weights resnet18.pth --data photos/ --epochs 5 --lr 0.001 --freeze layer1`,
    )
    .action((name: string, options: TrainOptions) => train(name, options));
}
