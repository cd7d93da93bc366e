import { type Command, Option } from "commander";
import { prepare, readImage } from "../image/index.js";
import { percent } from "../inspect/numbers.js";
import { jsonOption, start, threadsOption, whole } from "./options.js";
import { bold, faint, print, printJson } from "./terminal.js";
import { loadModel } from "./weights.js";

interface ClassifyOptions {
  readonly weights: string;
  readonly model?: string;
  readonly top: number;
  readonly threads?: number;
  readonly json?: boolean;
}

const BAR = 24;

export function addClassify(program: Command): void {
  program
    .command("classify")
    .summary("say what pictures show")
    .description("Says what pictures show, with probabilities. Reads PNG and JPEG.")
    .argument("<image...>", "the pictures")
    .requiredOption("--weights <file>", "the network's weights, a safetensors file")
    .option("--model <network>", "the network they belong to (default: as the file says)")
    .addOption(new Option("--top <n>", "so many guesses for each picture").argParser(whole(1)).default(3))
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Pictures are prepared as those the network was trained on. For networks trained on MNIST that means: made grey, resized
to 28 × 28 pixels, black added around them. Light strokes on black are expected, so a picture with a light border is
inverted first.

Example:
  featuremap classify seven.png two.jpg --weights lenet5.safetensors --top 3`,
    )
    .action((images: string[], options: ClassifyOptions) => run(images, options));
}

async function run(images: string[], options: ClassifyOptions): Promise<void> {
  await start(options);
  const { model: owned, preprocessing } = await loadModel(options.model, options.weights);
  using model = owned;
  const results = [];
  for (const image of images) {
    const input = prepare(await readImage(image), preprocessing);
    results.push({ image, guesses: await model.classify(input, { top: options.top }) });
  }
  if (options.json) {
    printJson(results);
    return;
  }
  const width = Math.max(...results.flatMap(({ guesses }) => guesses.map(({ label }) => label.length)));
  for (const { image, guesses } of results) {
    print(bold(image));
    for (const { label, probability } of guesses) {
      const bar = "█".repeat(Math.round(probability * BAR));
      print(
        `  ${label.padEnd(width)}  ${percent(probability).padStart(8)}  ${bar}${faint("░".repeat(BAR - bar.length))}`,
      );
    }
  }
}
