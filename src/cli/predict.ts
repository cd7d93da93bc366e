import type { Command } from "commander";
import { readFile, writeFileAtomic } from "#platform";
import type { Model } from "../index.js";
import { formatShape, type Tensor } from "../tensor.js";
import { readNpy, writeNpy } from "../weights/index.js";
import { UsageError } from "./exit.js";
import { checkOutputs } from "./files.js";
import { isNetworkFile, openModel } from "./model.js";
import { UNNAMED } from "./onnx.js";
import {
  collect,
  directOption,
  jsonOption,
  type ReadingOptions,
  start,
  threadsOption,
  weightsOptions,
} from "./options.js";
import { print, printJson } from "./terminal.js";

interface PredictOptions extends ReadingOptions {
  readonly weights?: string;
  readonly input: string[];
  readonly output: string[];
  readonly threads?: number;
  readonly plain?: boolean;
  readonly direct?: boolean;
  readonly json?: boolean;
}

export function addPredict(program: Command): void {
  const command = program
    .command("predict")
    .summary("run a network on arrays of numbers")
    .description("Runs a network on numpy arrays, and writes what comes out as numpy arrays.")
    .argument("<network>", "a network of the zoo, such as lenet5, or an ONNX file")
    .requiredOption(
      "--input <[name=]file.npy>",
      "an input, of shape [n, c, h, w] as a rule; without a name, the only one. Once for each input",
      collect,
    )
    .requiredOption(
      "--output <[name=]file.npy>",
      "where to write an output; without a name, the first one. The name is an output's, or that of a layer as summary shows it. May be given several times",
      collect,
    )
    .addOption(threadsOption())
    .option("--plain", "do without relaxed SIMD: the same bits as on engines that lack it")
    .addOption(directOption())
    .addOption(jsonOption());
  weightsOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  featuremap predict lenet5 --weights lenet5.safetensors --input x.npy --output y.npy --output 0=conv1.npy
  featuremap predict model.onnx --input x.npy --output y.npy`,
    )
    .action((name: string, options: PredictOptions) => run(name, options));
}

async function run(name: string, options: PredictOptions): Promise<void> {
  const named = { inputs: files(options.input), outputs: files(options.output) };
  const { weights } = options;
  const read = [...named.inputs.values(), weights, isNetworkFile(name) ? name : undefined];
  await checkOutputs(
    [...named.outputs.values()],
    read.filter((path) => path !== undefined),
  );

  // What the zoo's networks take is known before their weights are read.
  if (!isNetworkFile(name)) checkInputs(name, ["input"], withNames(named.inputs, "input", true));
  await start(options);
  const tensors = new Map<string, Tensor>();
  for (const file of named.inputs.values()) tensors.set(file, readNpy(await readFile(file), file));
  const shapes = Object.fromEntries([...named.inputs].map(([key, file]) => [key, tensors.get(file)!.shape]));
  const { model: owned } = await openModel({ ...options, model: name }, shapes);
  using model = owned;
  const inputs = withNames(named.inputs, model.ports[0]?.name, model.ports.length === 1);
  const outputs = withNames(named.outputs, model.outputNames[0], true);
  checkInputs(
    name,
    model.ports.map((port) => port.name),
    inputs,
  );
  const feeds = Object.fromEntries(
    [...inputs].map(([key, file]) => [key, batched(model, key, tensors.get(file)!)]),
  );
  const started = performance.now();
  const layers = [...outputs.keys()].filter((key) => !model.outputNames.includes(key));
  const results = await model.taps(feeds, layers);
  const seconds = (performance.now() - started) / 1000;

  const written = [];
  for (const [key, path] of outputs) {
    await writeFileAtomic(path, writeNpy(results[key]!));
    written.push({ name: key, shape: results[key]!.shape, file: path });
  }
  if (options.json) {
    const given = [...inputs].map(([key, file]) => ({ name: key, shape: feeds[key]!.shape, file }));
    printJson({ model: name, inputs: given, outputs: written, seconds });
    return;
  }
  for (const { name: key, shape, file: path } of written) print(`${key} ${formatShape(shape)} is in ${path}`);
}

/** Files by name, from `name=file` or `file`. */
function files(values: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const value of values) {
    const sign = value.indexOf("=");
    const [key, file] = sign < 0 ? [UNNAMED, value] : [value.slice(0, sign), value.slice(sign + 1)];
    if (sign === 0 || file === "") throw new UsageError(`"${value}" is not of the form name=file.npy.`);
    if (found.has(key))
      throw new UsageError(key ? `"${key}" is given twice.` : `"${value}" needs a name: name=${value}.`);
    found.set(key, file);
  }
  return found;
}

/** The same, with a name for the one that was given none. */
function withNames(
  found: Map<string, string>,
  usual: string | undefined,
  isClear: boolean,
): Map<string, string> {
  const file = found.get(UNNAMED);
  if (file === undefined) return found;
  if (usual === undefined || !isClear)
    throw new UsageError(`"${file}" needs a name, because the network has several inputs: name=${file}.`);
  if (found.has(usual)) throw new UsageError(`"${usual}" is given twice.`);
  return new Map([...found].map(([key, path]) => [key === UNNAMED ? usual : key, path]));
}

function checkInputs(name: string, names: readonly string[], inputs: Map<string, string>): void {
  const listed = names.map((one) => `"${one}"`).join(", ");
  const unknown = [...inputs.keys()].find((key) => !names.includes(key));
  if (unknown !== undefined)
    throw new UsageError(
      names.length === 1
        ? `${name} has no input "${unknown}"; its only one is ${listed}.`
        : `${name} has no input "${unknown}". Its inputs are ${listed || "none"}.`,
    );
  const missing = names.find((one) => !inputs.has(one));
  if (missing !== undefined)
    throw new UsageError(`The input "${missing}" is missing. Give it as --input ${missing}=file.npy.`);
}

/** A single input gets the batch that the network expects. */
function batched({ ports }: Model, key: string, tensor: Tensor): Tensor {
  const { shape, batch } = ports.find(({ name }) => name === key)!;
  const isSingle = batch !== false && tensor.shape.length === shape.length - 1;
  return isSingle ? tensor.reshape(1, ...tensor.shape) : tensor;
}
