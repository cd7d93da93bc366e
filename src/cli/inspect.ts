import { basename } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { FeatureMapError } from "../errors.js";
import { readImage } from "../image/index.js";
import type { Tensor } from "../tensor.js";
import { checkOutputs } from "./files.js";
import { checkCall, type InspectOptions, targetOf, type ViewName, viewOf } from "./inspect/call.js";
import { explainView, maximizeView, methodNames } from "./inspect/explain.js";
import { filtersView } from "./inspect/filters.js";
import { mapsView } from "./inspect/maps.js";
import { checkEnding, show, write } from "./inspect/out.js";
import { overview } from "./inspect/overview.js";
import { receptiveFieldView } from "./inspect/receptive-field.js";
import { topPatchesView } from "./inspect/top-patches.js";
import type { Subject, View } from "./inspect/view.js";
import { isNetworkFile, type Opened, openModel, openUntrained } from "./model.js";
import { collect, jsonOption, labelsOption, start, threadsOption, weightsOptions, whole } from "./options.js";
import { pictureOptions, tellGuess } from "./pictures.js";
import { print, printJson } from "./terminal.js";

export function addInspect(program: Command): void {
  const command = program
    .command("inspect")
    .summary("look inside a network")
    .description(
      "Looks inside a network: what its layers make of a picture and what it is taken for, its filters, what its units see and what excites them.",
    )
    .argument("<network>", "a network of the zoo, such as lenet5, or an ONNX file")
    .argument("[image]", "a picture to follow through the network: a path or an address of a PNG or JPEG")
    .option("--layer <name>", "only this layer, as summary names it. May be given several times", collect)
    .addOption(
      new Option("--explain <method>", "show which pixels of the picture a class comes from").choices(
        methodNames,
      ),
    )
    .option("--maximize", "show what a class, or a channel of the layer, looks for")
    .addOption(
      new Option("--class <name>", "name or number of the class (default: the likeliest)").argParser(classOf),
    )
    .option("--filters", "show the filters of the layer, by default of the first convolution")
    .option("--receptive-field", "show what a unit of the layer sees of the picture")
    .option("--top-patches", "show what in a data set excites the layer's channels most")
    .addOption(new Option("--channel <n>", "channel of the layer, counted from 0").argParser(whole(0)))
    .addOption(
      new Option("--unit <y,x>", "place in the layer's output (default: its middle)").argParser(place),
    )
    .option("--data <name>", "for --top-patches: mnist, fashion-mnist, cifar10, or a folder of pictures")
    .option("--data-dir <folder>", "where the files of the data set are")
    .addOption(new Option("--limit <n>", "use only the first n samples of the data set").argParser(whole(1)))
    .addOption(
      new Option(
        "--range <of>",
        "values that the colours of maps or filters span: of each one, or of all (default: each map, all filters)",
      ).choices(["each", "all"]),
    )
    .option("--out <file>", "write a picture (.png), a drawing (.svg) or a page with everything (.html)")
    .addOption(new Option("--theme <name>", "colours of the picture or drawing").choices(["light", "dark"]));
  weightsOptions(command).addOption(labelsOption());
  pictureOptions(command)
    .addOption(threadsOption())
    .option("--plain", "do without relaxed SIMD: the same bits as on engines that lack it")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Pictures are prepared as by classify. Without a picture, the summary and the filters of the first convolution are shown.
A file that is there already is replaced when the new one is complete.

Examples:
  featuremap inspect lenet5 seven.png --weights lenet5.safetensors
  featuremap inspect alexnet cat.jpg --weights alexnet.pth --layer features.0 --out maps.png
  featuremap inspect alexnet cat.jpg --weights alexnet.pth --explain grad-cam --class "tiger cat" --out why.svg
  featuremap inspect alexnet --weights alexnet.pth --filters --out filters.svg
  featuremap inspect lenet5 --weights lenet5.safetensors --top-patches --data mnist --layer 0 --channel 3
  featuremap inspect resnet18 --receptive-field --layer layer2.0.conv1 --unit 3,4
  featuremap inspect model.onnx cat.jpg --out inside.html`,
    )
    .action((name: string, image: string | undefined, options: InspectOptions) => run(name, image, options));
}

function place(text: string): [number, number] {
  const [, y, x] = /^(\d+),(\d+)$/.exec(text) ?? [];
  if (y === undefined) throw new InvalidArgumentError("It must be a row and a column, counted from 0: 3,4.");
  return [Number(y), Number(x)];
}

async function run(name: string, image: string | undefined, options: InspectOptions): Promise<void> {
  const view = viewOf(image, options);
  checkCall(view, image, options);
  const { out, json, theme } = options;
  checkEnding(out);
  const read = [image, options.weights, isNetworkFile(name) ? name : undefined];
  await checkOutputs(
    [out],
    read.filter((path) => path !== undefined),
  );
  await start(options);

  const isTrained = isNetworkFile(name) || options.weights !== undefined;
  const needsWeights = view !== "receptiveField" && view !== "overview";
  const opened =
    isTrained || needsWeights
      ? await openModel({ ...options, model: name })
      : await openUntrained(name, options);
  using model = opened.model;
  const picture = image === undefined ? undefined : await seen(image, opened, options);
  const subject: Subject = { name: opened.name, model, picture, isTrained };
  const found = await look(view, subject, opened, options);
  if (out !== undefined)
    await write(out, subject, found, { theme, isJourney: view === "maps" || view === "overview" });
  if (json) {
    printJson({ ...found.result, ...(out !== undefined && { file: out }) });
    return;
  }
  if (out !== undefined) print(`${found.figures[0]!.title} is in ${out}.`);
  else show(found.figures);
}

function classOf(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** The picture as the network sees it. */
async function seen(
  path: string,
  opened: Opened,
  options: InspectOptions,
): Promise<NonNullable<Subject["picture"]>> {
  const { model, name } = opened;
  if (!model.prepare) throw new FeatureMapError(`${name} takes no pictures of one or three channels.`);
  tellGuess(opened, options);
  const image = await readImage(path);
  return { name: basename(path), input: (await model.prepare(image)) as Tensor };
}

async function look(
  view: ViewName,
  subject: Subject,
  opened: Opened,
  options: InspectOptions,
): Promise<View> {
  const { layer, channel, unit, data, dataDir, limit } = options;
  const [first] = layer ?? [];
  switch (view) {
    case "maps":
      return mapsView({ ...subject, picture: subject.picture! }, layer, options.range);
    case "explain":
      return explainView({ ...subject, picture: subject.picture! }, options.explain!, targetOf(options));
    case "maximize":
      return maximizeView(subject, targetOf(options));
    case "filters":
      return filtersView(subject, first, options.range);
    case "receptiveField":
      return receptiveFieldView(subject, first!, unit, channel);
    case "topPatches": {
      const source = { ...(dataDir !== undefined && { dataDir }), ...(limit !== undefined && { limit }) };
      return topPatchesView(subject, opened, { layer: first!, channel, data: data!, ...source });
    }
    default:
      return overview(subject);
  }
}
