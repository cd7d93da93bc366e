import { stat } from "node:fs/promises";
import { type Command, Option } from "commander";
import { FeatureMapError } from "../errors.js";
import { counted, formatCount, percent } from "../inspect/numbers.js";
import { textTable } from "../inspect/text-table.js";
import type { Evaluation } from "../train/index.js";
import { type DataOptions, findSource } from "./data.js";
import { evaluateWithProgress } from "./evaluation.js";
import { interruptible } from "./exit.js";
import { type ModelOptions, type Opened, openModel } from "./model.js";
import {
  dataOptions,
  directOption,
  jsonOption,
  labelsOption,
  start,
  threadsOption,
  weightsOptions,
} from "./options.js";
import { type ClassFolder, evaluatePhotos, findPhotos, type PhotosResult, thinned } from "./photos.js";
import { pictureOptions, tellGuess } from "./pictures.js";
import { duration, Progress } from "./progress.js";
import { bold, columns, note, print, printJson } from "./terminal.js";

interface EvaluateOptions extends DataOptions, Omit<ModelOptions, "model"> {
  readonly strict?: boolean;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Classes up to which the matrix, or the table of classes, is shown. */
const MOST = 20;
/** Unreadable pictures up to which each is named. */
const NAMED = 10;

export function addEvaluate(program: Command): void {
  const command = program
    .command("evaluate")
    .summary("test a network on a data set or on photographs")
    .description(
      "Measures how well a network does on the test part of a data set, or on pictures in a subfolder for each class.",
    )
    .argument("<network>", "a network of the zoo, such as lenet5, or an ONNX file")
    .addOption(labelsOption());
  pictureOptions(dataOptions(weightsOptions(command)))
    .addOption(new Option("--strict", "end at the first picture that cannot be read"))
    .addOption(threadsOption())
    .addOption(directOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
A folder of pictures has a subfolder for each class, named by a label of the network (any of its synonyms), by its
index from 0 or, for ImageNet's classes, by its WordNet number, n01440764. Where there is a subfolder train, the
pictures are those of test or val. Weights that were trained here on a folder without them are tested on the fifth of
the pictures that training left out. With --limit, the pictures are taken evenly from all classes.

Examples:
  featuremap evaluate lenet5 --weights lenet5.safetensors --data mnist
  featuremap evaluate resnet18 --weights resnet18.pth --data imagenet/val`,
    )
    .action((name: string, options: EvaluateOptions) => run(name, options));
}

async function run(name: string, options: EvaluateOptions): Promise<void> {
  await start(options);
  const opened = await openModel({ ...options, model: name });
  using _ = opened.model;
  const isFolder = await stat(options.data).then(
    (found) => found.isDirectory(),
    () => false,
  );
  await (isFolder && !opened.isOwn ? onPhotos(opened, options) : onDataSet(opened, options));
}

async function onPhotos(opened: Opened, options: EvaluateOptions): Promise<void> {
  const { name, model } = opened;
  if (!model.prepare)
    throw new FeatureMapError(
      `${name} takes no pictures of one or three channels, so it cannot be evaluated on them.`,
    );
  const { data, limit, strict, json, weights } = options;
  tellGuess(opened, options);
  const found = await findPhotos(data, model);
  tellLeftOut(found);
  const folders = limit === undefined ? found : thinned(found, limit);
  const total = folders.reduce((sum, { files }) => sum + files.length, 0);
  const progress = new Progress("testing", total);
  const result = await interruptible((signal) =>
    evaluatePhotos(model, folders, {
      strict,
      signal,
      onProgress(done, top1, rate) {
        const left = duration((total - done) / rate);
        progress.update(done, `top-1 ${percent(top1)}  ${rate.toFixed(1)} images/s  ${left} left`);
      },
    }),
  ).finally(() => progress.stop());
  if (json) printJson({ model: name, ...(weights && { weights }), data, ...withoutNaN(result) });
  else tell(result, data);
}

/** Names classes without pictures, and files that are no pictures known here. */
function tellLeftOut(folders: readonly ClassFolder[]): void {
  const listed = (names: readonly string[]): string =>
    names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ", ..." : "");
  const empty = folders.filter(({ files }) => files.length === 0).map(({ name }) => name);
  const skipped = folders.flatMap((folder) => folder.skipped);
  if (empty.length > 0)
    note(`${empty.length} of the ${folders.length} folders have no PNG or JPEG files: ${listed(empty)}.`);
  if (skipped.length > 0)
    note(
      `${counted(skipped.length, "file")} left out, which are not PNG or JPEG by their names: ${listed(skipped)}.`,
    );
}

/** A class without a readable picture has no share. */
function withoutNaN({ folders, ...rest }: PhotosResult): object {
  return { ...rest, folders: folders.map((one) => (one.count > 0 ? one : { name: one.name, count: 0 })) };
}

function tell(
  { top1, top5, count, folders, unreadable, seconds, imagesPerSecond }: PhotosResult,
  data: string,
): void {
  print(
    `${bold(`top-1 ${percent(top1)}, top-5 ${percent(top5)}`)} of ${counted(count, "picture")} in ${data}, ` +
      `${duration(seconds)}, ${imagesPerSecond.toFixed(1)} images/s.`,
  );
  if (folders.length <= MOST) {
    const share = (value: number): string => (Number.isNaN(value) ? "" : percent(value, 1));
    const table = textTable(
      [
        { title: "Class", shrinks: true },
        { title: "Pictures", right: true },
        { title: "Top-1", right: true },
        { title: "Top-5", right: true },
      ],
      folders.map((one) => [one.name, formatCount(one.count), share(one.top1), share(one.top5)]),
      columns(),
    );
    print(`\n${table}`);
  }
  if (unreadable.length === 0) return;
  print(`\n${counted(unreadable.length, "picture")} could not be read, and not counted:`);
  for (const { error } of unreadable.slice(0, NAMED)) print(`  ${error}`);
  if (unreadable.length > NAMED)
    print(`  ... and ${formatCount(unreadable.length - NAMED)} more; --json lists all.`);
}

async function onDataSet(
  { name, model, preprocessing, isOwn }: Opened,
  options: EvaluateOptions,
): Promise<void> {
  const source = await findSource(options, model.inputShape, isOwn ? preprocessing : undefined);
  const dataset = await source.load("test");
  const evaluation = await interruptible((signal) => evaluateWithProgress(model, dataset, { signal }));
  const { accuracy, loss, count, seconds, imagesPerSecond, confusion } = evaluation;
  if (options.json) {
    const { weights } = options;
    printJson({
      model: name,
      weights,
      data: source.title,
      samples: count,
      accuracy,
      loss,
      confusion,
      seconds,
      imagesPerSecond,
    });
    return;
  }
  print(
    `${bold(`${percent(accuracy)} right`)} of ${formatCount(count)} pictures of ${source.title}, loss ${loss.toFixed(4)}.`,
  );
  if (confusion.classes.length <= MOST) print(`\n${confusionTable(evaluation)}`);
}

/** Counts by true class, downwards, and predicted class, to the right. */
function confusionTable({ confusion: { matrix, classes } }: Evaluation): string {
  const columns = [
    { title: "true \\ taken for" },
    ...classes.map((title) => ({ title, right: true, shrinks: true })),
  ];
  const rows = matrix.map((row, i) => [classes[i]!, ...row.map((count) => (count === 0 ? "·" : `${count}`))]);
  return textTable(columns, rows);
}
