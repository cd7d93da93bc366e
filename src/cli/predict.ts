import type { Command } from "commander";
import { readFile, writeFileAtomic } from "#platform";
import { formatShape, type Tensor } from "../tensor.js";
import { readNpy, writeNpy } from "../weights/index.js";
import { UsageError } from "./exit.js";
import { checkOutputs } from "./files.js";
import { jsonOption, start, threadsOption } from "./options.js";
import { print, printJson } from "./terminal.js";
import { loadModel } from "./weights.js";

interface PredictOptions {
  readonly weights: string;
  readonly input: string[];
  readonly output: string[];
  readonly threads?: number;
  readonly plain?: boolean;
  readonly json?: boolean;
}

const INPUT = "input";
const OUTPUT = "output";

export function addPredict(program: Command): void {
  const collect = (value: string, before: string[] = []): string[] => [...before, value];
  program
    .command("predict")
    .summary("run a network on arrays of numbers")
    .description("Runs a network on a numpy array, and writes what comes out as numpy arrays.")
    .argument("<network>", "a network of the zoo, such as lenet5")
    .requiredOption("--weights <file>", "its weights, a safetensors file")
    .requiredOption(
      "--input <[name=]file.npy>",
      "the inputs, of shape [n, c, h, w]; the name is input",
      collect,
    )
    .requiredOption(
      "--output <[name=]file.npy>",
      "where to write an output; the name is output, or that of a layer as summary shows it. May be given several times",
      collect,
    )
    .addOption(threadsOption())
    .option("--plain", "do without relaxed SIMD: the same bits as on engines that lack it")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Example:
  featuremap predict lenet5 --weights lenet5.safetensors --input x.npy --output y.npy --output 0=conv1.npy`,
    )
    .action((name: string, options: PredictOptions) => run(name, options));
}

async function run(name: string, options: PredictOptions): Promise<void> {
  const inputs = named(options.input, INPUT);
  const unknown = [...inputs.keys()].find((key) => key !== INPUT);
  if (unknown !== undefined)
    throw new UsageError(`${name} has no input "${unknown}"; its only one is "${INPUT}".`);
  const outputs = named(options.output, OUTPUT);
  await checkOutputs([...outputs.values()], [...inputs.values(), options.weights]);

  await start(options);
  const { model: owned } = await loadModel(name, options.weights);
  using model = owned;
  const file = inputs.get(INPUT)!;
  const read = readNpy(await readFile(file), file);
  const single = read.shape.length === model.inputShape.length;
  const input = single ? read.reshape(1, ...read.shape) : read;
  const started = performance.now();
  const layers = [...outputs.keys()].filter((key) => key !== OUTPUT);
  const results: Record<string, Tensor> = await model.taps(input, layers);
  const seconds = (performance.now() - started) / 1000;

  const written = [];
  for (const [key, path] of outputs) {
    await writeFileAtomic(path, writeNpy(results[key]!));
    written.push({ name: key, shape: results[key]!.shape, file: path });
  }
  if (options.json) {
    printJson({ model: name, input: { name: INPUT, shape: input.shape, file }, outputs: written, seconds });
    return;
  }
  for (const { name: key, shape, file: path } of written) print(`${key} ${formatShape(shape)} is in ${path}`);
}

/** Files by name, from `name=file` or `file`. */
function named(values: readonly string[], usual: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const value of values) {
    const sign = value.indexOf("=");
    const [key, file] = sign < 0 ? [usual, value] : [value.slice(0, sign), value.slice(sign + 1)];
    if (key === "" || file === "") throw new UsageError(`"${value}" is not of the form name=file.npy.`);
    if (files.has(key)) throw new UsageError(`"${key}" is given twice.`);
    files.set(key, file);
  }
  return files;
}
