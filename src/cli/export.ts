import { type Command, Option } from "commander";
import { writeFileAtomic } from "#platform";
import { formatBytes } from "../inspect/numbers.js";
import { UsageError } from "./exit.js";
import { checkOutputs } from "./files.js";
import { isNetworkFile, type ModelOptions, type Opened, openModel } from "./model.js";
import { jsonOption, labelsOption, shapeOption, start, weightsOptions, whole } from "./options.js";
import { sizeOption } from "./pictures.js";
import { print, printJson } from "./terminal.js";
import { metadataFor, modelFile } from "./weights.js";

interface ExportOptions extends Omit<ModelOptions, "model"> {
  readonly out: string;
  readonly opset?: number;
  readonly batch?: number;
  readonly json?: boolean;
}

export function addExport(program: Command): void {
  const command = program
    .command("export")
    .summary("write a network as an ONNX or safetensors file")
    .description(
      "Writes a network as an ONNX file, for ONNX Runtime and others, or its weights as a safetensors file with torch's names.",
    )
    .argument("<network>", "a network of the zoo, such as lenet5, or an ONNX file")
    .addOption(labelsOption())
    .requiredOption("--out <file>", "where to write it: a name that ends in .onnx or .safetensors")
    .addOption(
      new Option("--opset <n>", "version of ONNX's operators (default: 17)").argParser(whole(13, 21)),
    )
    .addOption(new Option("--batch <n>", "fix the ONNX file's batch (default: any)").argParser(whole(1)))
    .addOption(sizeOption())
    .addOption(shapeOption())
    .addOption(jsonOption());
  weightsOptions(command)
    .addHelpText(
      "after",
      `
Example:
  featuremap export resnet18 --weights resnet18.pth --out resnet18.onnx`,
    )
    .action((name: string, options: ExportOptions) => run(name, options));
}

async function run(name: string, options: ExportOptions): Promise<void> {
  const { out, weights, opset, batch } = options;
  const [, kind] = /\.(onnx|safetensors)$/i.exec(out) ?? [];
  if (kind === undefined)
    throw new UsageError(`${out} must end in .onnx or .safetensors: that says what to write.`);
  if (kind.toLowerCase() !== "onnx" && (opset !== undefined || batch !== undefined))
    throw new UsageError("--opset and --batch are for ONNX files.");
  await checkOutputs([out], weights === undefined ? [name] : [name, weights]);
  await start({ threads: 1 });
  const opened = await openModel({ ...options, model: name });
  using _ = opened.model;
  const bytes = kind.toLowerCase() === "onnx" ? await onnxFile(opened, options) : safetensorsFile(opened);
  await writeFileAtomic(out, bytes);
  if (options.json) printJson({ model: name, out, bytes: bytes.length });
  else print(`${name} is in ${out}, ${formatBytes(bytes.length)}.`);
}

function safetensorsFile({ name, zooName, model, preprocessing, isOwn }: Opened): Uint8Array {
  return modelFile({
    // The names of an ONNX file's weights are its own.
    name: isNetworkFile(name) ? undefined : zooName,
    model,
    preprocessing: isOwn ? preprocessing : undefined,
  });
}

async function onnxFile(
  { model, zooName: name, preprocessing, isGuess }: Opened,
  { opset, batch }: ExportOptions,
): Promise<Uint8Array> {
  const { exportOnnx } = await import("../onnx/index.js");
  const metadata = metadataFor({ name, preprocessing: isGuess ? undefined : preprocessing });
  return exportOnnx(model, {
    metadata,
    ...(opset !== undefined && { opset }),
    ...(batch !== undefined && { batch }),
  });
}
