import { type Command, Option } from "commander";
import { FeatureMapError } from "../errors.js";
import { readImage } from "../image/index.js";
import type { Guess, Model } from "../index.js";
import { percent } from "../inspect/numbers.js";
import { complain } from "./exit.js";
import { type ModelOptions, openModel } from "./model.js";
import {
  directOption,
  jsonOption,
  labelsOption,
  start,
  threadsOption,
  weightsOptions,
  whole,
} from "./options.js";
import { pictureOptions, tellGuess } from "./pictures.js";
import { bold, columns, faint, print, printJson } from "./terminal.js";

interface ClassifyOptions extends ModelOptions {
  readonly top?: number;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Networks of more classes show five guesses, others three. */
const FEW = 10;
const BAR = 24;
/** What stands in a line beside the label. */
const BESIDE = "  ".length + "  100.00 %  ".length + BAR;

export function addClassify(program: Command): void {
  const command = program
    .command("classify")
    .summary("say what pictures show")
    .description("Says what pictures show, with probabilities. Reads PNG and JPEG.")
    .argument("<image...>", "the pictures: paths or addresses")
    .option(
      "--model <network>",
      "a network of the zoo, such as resnet18, or an ONNX file (default: as the file of weights says)",
    );
  weightsOptions(command)
    .addOption(labelsOption())
    .addOption(
      new Option(
        "--top <n>",
        "so many guesses for each picture (default: 5, or 3 of up to 10 classes)",
      ).argParser(whole(1)),
    );
  pictureOptions(command)
    .addOption(threadsOption())
    .addOption(directOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Pictures are prepared as those the network was trained on. For networks of photographs that means: the shorter side
resized, the middle cut out, opacity laid on white. For networks of MNIST's digits: made grey, resized to 28 × 28
pixels, black added around them, and inverted first if the border is light. An ONNX file does not say what it needs:
its pictures are prepared as for torchvision's networks unless --size, --mean and --std say otherwise.

Examples:
  featuremap classify cat.jpg --model resnet18 --weights resnet18.pth
  featuremap classify *.jpg --model network.onnx --labels labels.txt --mean 0.5 --std 0.5
  featuremap classify seven.png two.jpg --weights lenet5.safetensors --top 3`,
    )
    .action((images: string[], options: ClassifyOptions) => run(images, options));
}

type Result = { image: string; guesses: Guess[] } | { image: string; error: string };

async function run(images: string[], options: ClassifyOptions): Promise<void> {
  await start(options);
  const opened = await openModel(options);
  const { name } = opened;
  using model = opened.model;
  if (!model.prepare)
    throw new FeatureMapError(`${name} takes no pictures of one or three channels. Use predict.`);
  tellGuess(opened, options);
  const top = options.top ?? (model.classes.length > FEW ? 5 : 3);
  const results: Result[] = [];
  for (const image of images) {
    const result = await classify(model, image, top);
    results.push(result);
    if ("error" in result) complain(result.error);
    else if (!options.json) show(result);
  }
  if (options.json) printJson(results);
}

/** The guesses, or why there are none: one picture that cannot be read does not keep the others from being classified. */
async function classify(model: Model, image: string, top: number): Promise<Result> {
  try {
    return { image, guesses: await model.classify(await readImage(image), { top }) };
  } catch (error) {
    if (!(error instanceof FeatureMapError)) throw error;
    return { image, error: error.message };
  }
}

function show({ image, guesses }: { image: string; guesses: Guess[] }): void {
  const most = Math.max(20, columns() - BESIDE);
  const labels = guesses.map(({ label }) => (label.length > most ? `${label.slice(0, most - 1)}…` : label));
  const width = Math.max(...labels.map((label) => label.length));
  print(bold(image));
  for (const [i, { probability }] of guesses.entries()) {
    const bar = "█".repeat(Math.round(probability * BAR));
    const rest = faint("░".repeat(BAR - bar.length));
    print(`  ${labels[i]!.padEnd(width)}  ${percent(probability).padStart(8)}  ${bar}${rest}`);
  }
}
