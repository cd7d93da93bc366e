import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readFile, writeFileAtomic } from "#platform";
import { FeatureMapError } from "../errors.js";
import { isPreprocessing, type Preprocessing, preparedShape } from "../image/index.js";
import type { Model } from "../index.js";
import { readSafetensors, writeSafetensors } from "../weights/index.js";
import { UsageError } from "./exit.js";
import { findModel } from "./options.js";
import { digits } from "./preprocessing.js";

// What a file of weights says about itself besides the weights, in its metadata.
const MODEL = "featuremap.model";
const INPUT = "featuremap.input";

/** A network with weights from a file, and what its pictures go through. */
export interface Loaded {
  readonly name: string;
  readonly model: Model;
  readonly preprocessing: Preprocessing;
}

/** Makes the network that a file of weights belongs to, by `name` or else as the file itself says. */
export async function loadModel(name: string | undefined, path: string): Promise<Loaded> {
  const { tensors, metadata } = readSafetensors(await readFile(path), path);
  const known = name ?? metadata[MODEL];
  if (known === undefined)
    throw new UsageError(`${path} does not say which network it belongs to. Give it as --model.`);
  const { create } = findModel(known);
  const preprocessing = parse<Preprocessing>(metadata[INPUT], isPreprocessing) ?? digits;
  const classes = parse<string[]>(metadata.classes, isNames);
  const model = await create({ inputShape: preparedShape(preprocessing), ...(classes && { classes }) });
  try {
    model.loadStateDict(tensors, {}, path);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { name: known, model, preprocessing };
}

/**
 * Writes the weights of a network. Where that fails, for what was learned not to be lost, to the folder for temporary
 * files, with an error that says so.
 */
export async function saveModel(path: string, { name, model, preprocessing }: Loaded): Promise<void> {
  const metadata = {
    format: "pt",
    classes: JSON.stringify(model.classes),
    [MODEL]: name,
    [INPUT]: JSON.stringify(preprocessing),
  };
  const bytes = writeSafetensors(model.stateDict(), metadata);
  try {
    await writeFileAtomic(path, bytes);
  } catch (error) {
    const refuge = join(tmpdir(), `${process.pid}-${basename(path)}`);
    await writeFileAtomic(refuge, bytes).catch(() => {
      throw error;
    });
    throw new FeatureMapError(`${(error as Error).message} The new weights are in ${refuge} instead.`);
  }
}

function parse<T>(json: string | undefined, is: (value: unknown) => value is T): T | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return is(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string");
}
